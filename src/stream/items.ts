/**
 * Turns the bytes of a body into items, one per line.
 *
 * @module
 */
import { TextLineStream } from "@std/streams/text-line-stream";
import { type BodyReader, parseJson } from "../http/mod.ts";
import type { LineGuard } from "./line_guard.ts";

/** The format of each line. */
export interface ItemFormat<T> {
  /** Turns the parsed line into an item; returns `undefined` if the line is not an item. */
  toItem: (value: unknown) => T | undefined;
  /** How error messages describe a bad line, such as "is not a valid event". */
  problem: string;
  /** Returns the problem with an item, if any. */
  check?: ((item: T) => string | undefined) | undefined;
}

/**
 * In Bun, a reader can also read everything in the queue with a single promise
 * (1.4).
 */
interface LineReader extends ReadableStreamDefaultReader<string> {
  readMany?(): Promise<{ value: string[] }>;
}

/**
 * Reads a body as lines of JSON: bytes → {@linkcode LineGuard} → `TextLineStream` →
 * `JSON.parse` → items. Yields arrays of the items that arrived together. Skips
 * blank lines. If reading fails, all items before the failure are yielded first.
 *
 * @throws {ConnectionError} If the connection is lost.
 * @throws {TimeoutError} If the idle timeout expires.
 * @throws {ProtocolError} At a bad line.
 */
export async function* readItems<T>(
  body: BodyReader,
  guard: LineGuard,
  { toItem, problem, check }: ItemFormat<T>,
): AsyncGenerator<T[], void> {
  // The chunks are not piped, because a pipe that fails drops the queued chunks.
  const { readable, writable } = new TextLineStream();
  const reader: LineReader = readable.getReader();
  const writer = writable.getWriter();
  for (let chunk; (chunk = await body.read()) !== undefined;) {
    for (const { text, first, last } of guard.accept(chunk)) {
      void writer.write(text);
      let items: T[] = [];
      for (let line = first; line <= last;) {
        const { value = "" } = await (reader.readMany?.() ?? reader.read());
        for (const json of Array.isArray(value) ? value : [value]) {
          const place = line++;
          if (json.trim() === "") continue;
          const item = toItem(parseJson(json));
          const found = item === undefined ? problem : check?.(item);
          if (found === undefined) {
            items.push(item!);
            continue;
          }
          if (items.length > 0) yield items;
          items = [];
          guard.reject(found, place);
        }
      }
      if (items.length > 0) yield items;
    }
  }
}

/**
 * From the bytes of a body to the items of its lines.
 *
 * @module
 */
import { TextLineStream } from "@std/streams/text-line-stream";
import { type BodyReader, parseJson } from "../http/mod.ts";
import type { LineGuard } from "./line_guard.ts";

/** What a line of JSON has to be. */
export interface ItemKind<T> {
  /** Turns the value of a line into an item, or gives `undefined` if it is not one. */
  toItem: (value: unknown) => T | undefined;
  /** What is wrong with a line that is not an item: "is not an event in JSON". */
  problem: string;
}

/**
 * Reads a body as lines of JSON: bytes → {@linkcode LineGuard} →
 * `TextLineStream` → `JSON.parse` → items, in batches of what comes together.
 * Blank lines are skipped.
 *
 * @throws {ConnectionError} If the connection breaks.
 * @throws {TimeoutError} If the server stays silent.
 * @throws {ProtocolError} At a bad line. Every item before a failure comes first.
 */
export async function* readItems<T>(
  body: BodyReader,
  guard: LineGuard,
  { toItem, problem }: ItemKind<T>,
): AsyncGenerator<T[], void> {
  // Fed by hand: a pipe that fails drops what is queued in it.
  const { readable, writable } = new TextLineStream();
  const reader = readable.getReader();
  const writer = writable.getWriter();
  for (let chunk; (chunk = await body.read()) !== undefined;) {
    for (const { text, first, last } of guard.accept(chunk)) {
      void writer.write(text);
      let items: T[] = [];
      for (let line = first; line <= last; line++) {
        const { value = "" } = await reader.read();
        if (value === "") continue;
        const item = toItem(parseJson(value));
        if (item !== undefined) {
          items.push(item);
          continue;
        }
        if (items.length > 0) yield items;
        items = [];
        guard.reject(problem, line);
      }
      if (items.length > 0) yield items;
    }
  }
}

/**
 * Reads newline-delimited JSON from any body.
 *
 * @module
 */
import type { ProtocolError } from "../errors/mod.ts";
import {
  BodyReader,
  checkOptions,
  isObject,
  isStream,
  type IterableStream,
  parseJson,
  toStream,
  Watchdog,
} from "../http/mod.ts";
import { toChunkReader } from "./chunk_reader.ts";
import { readItems } from "./items.ts";
import { LineGuard } from "./line_guard.ts";

/** Names of the options for {@linkcode ndjson}. */
const OPTIONS: readonly (keyof NdjsonOptions)[] = [
  "idleTimeoutMs",
  "maxLineBytes",
  "onBadLine",
  "signal",
];

/** Options for {@linkcode ndjson}. */
export interface NdjsonOptions {
  /**
   * The maximum length of a line in bytes, excluding the line feed.
   * @default {16777216}
   */
  maxLineBytes?: number;
  /**
   * How long the server may stay silent before the stream fails with a
   * `TimeoutError`, in milliseconds; `false` for no limit.
   * @default {90000}
   */
  idleTimeoutMs?: number | false;
  /** Aborts the request; the stream then fails with the signal's reason. */
  signal?: AbortSignal;
  /**
   * Called for each bad line, with an error that states its position, after
   * everything before that line has been delivered. The line is then skipped.
   * Without this callback, the stream fails at a bad line.
   * @default {none}
   */
  onBadLine?: (error: ProtocolError) => void;
}

/**
 * Reads newline-delimited JSON (also called JSON lines) as a stream of values, one
 * per line. Skips blank lines. If the last line is complete JSON, it needs no line
 * feed.
 *
 * If the stream fails, all values before the failure are delivered first.
 * Canceling the stream or leaving the loop ends the request.
 *
 * @typeParam T The type of the values, which are not checked.
 *
 * @throws {TypeError} If there is no body, or the body has already been used.
 * @throws {RangeError} If an option is out of range.
 * @throws {ConnectionError} In the stream, if the connection fails.
 * @throws {TimeoutError} In the stream, if the idle timeout expires.
 * @throws {ProtocolError} In the stream, at a line that is too long, not valid
 * UTF-8 or not JSON. The error has `line` and `byteOffset`.
 * @throws {TruncatedStreamError} In the stream, if the last line is incomplete.
 *
 * @example Read values, and collect bad lines
 * ```ts
 * import { ndjson } from "@immich-edge/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const response = new Response('{"id":1}\n{"id":2}\n{oops}\n{"id":3}\n');
 * const problems: string[] = [];
 * const values = ndjson<{ id: number }>(response, {
 *   onBadLine: ({ message }) => problems.push(message),
 * });
 *
 * const ids: number[] = [];
 * for await (const { id } of values) ids.push(id);
 * assertEquals(ids, [1, 2, 3]);
 * assertEquals(problems, [
 *   "Cannot read the JSON lines: line 3 at byte 18 is not valid JSON",
 * ]);
 * ```
 */
export function ndjson<T = unknown>(
  response: Response | ReadableStream<Uint8Array>,
  options: NdjsonOptions = {},
): IterableStream<T> {
  const action = "read the JSON lines";
  checkOptions(action, "options", options, OPTIONS);
  const { maxLineBytes, onBadLine, signal } = options;
  const stream = toUnusedBody(response, action);
  const guard = new LineGuard({ action, maxLineBytes, onBadLine });
  // `Watchdog` throws if the signal is aborted, but the request must end too.
  if (signal?.aborted) void stream?.cancel().catch(() => {});
  const watchdog = new Watchdog(action, options);
  const body = new BodyReader(toChunkReader(stream), watchdog);
  const items = readItems<T>(body, guard, {
    toItem: (value) => value as T | undefined,
    problem: "is not valid JSON",
  });
  return toStream(body, withLastLine(items, guard));
}

/** Adds the value of the last line if that line has no line feed. */
async function* withLastLine<T>(
  batches: AsyncIterable<T[]>,
  guard: LineGuard,
): AsyncGenerator<T[], void> {
  yield* batches;
  const { rest } = guard;
  if (rest?.trim() === "") return;
  const value = parseJson(rest ?? "");
  if (value === undefined) throw guard.truncated("early");
  yield [value as T];
}

function toUnusedBody(
  response: Response | ReadableStream<Uint8Array>,
  action: string,
): ReadableStream<Uint8Array> | null {
  // Not `instanceof`: polyfills and other realms have their own classes.
  const isResponse = isObject(response) && "body" in response;
  const body = isResponse ? response.body : response;
  if (!isStream(body) && !(isResponse && body === null)) {
    throw new TypeError(
      `Cannot ${action}: there is no body; pass a Response or a ReadableStream`,
    );
  }
  if (body?.locked || (isResponse && response.bodyUsed)) {
    throw new TypeError(`Cannot ${action}: the body was already used`);
  }
  return body;
}

/**
 * When a sync stream ends well.
 *
 * @module
 */
import { ConnectionError, TimeoutError } from "../errors/mod.ts";
import type { BodyReader } from "../http/mod.ts";
import type { LineGuard } from "./line_guard.ts";

/** How long a server may take to end a body that is complete. */
const GRACE_MS = 1_000;

/** What is known of a stream when it ends. */
export interface EndingOptions {
  /** The body that the events come from. */
  body: BodyReader;
  /** The guard of its lines. */
  guard: LineGuard;
  /** Whether the stream has to say that it is complete. */
  terminator: "required" | "optional";
}

/**
 * Lets events pass until the stream ends, and throws unless it ends well:
 *
 * - with `SyncCompleteV1`, whatever follows it;
 * - with `SyncResetV1` as its last line, however the connection ends then;
 * - with any whole line, where the terminator is optional.
 *
 * @throws {TruncatedStreamError} If the body ends too early.
 * @throws What the events fail with.
 */
export async function* untilEnd<E extends { type: string }>(
  batches: AsyncIterable<E[]>,
  { body, guard, terminator }: EndingOptions,
): AsyncGenerator<E[], void> {
  let last: string | undefined;
  const isReset = () => last === "SyncResetV1" && !guard.isInLine;
  try {
    for await (const events of batches) {
      const end = events.findIndex(({ type }) => type === "SyncCompleteV1");
      if (end !== -1) {
        const rest = ignoreRest(body);
        yield events.slice(0, end + 1);
        return await rest;
      }
      last = events.at(-1)?.type;
      yield events;
    }
  } catch (error) {
    const isCut = error instanceof ConnectionError ||
      error instanceof TimeoutError;
    if (isCut && isReset()) return;
    throw error;
  }
  if (isReset() || (terminator === "optional" && !guard.isInLine)) return;
  throw guard.truncated(`after line ${guard.lines} without SyncCompleteV1`);
}

/** Reads a body to its end, so that its connection can be used again. */
async function ignoreRest(body: BodyReader): Promise<void> {
  const timer = setTimeout(() => body.watchdog.stop(), GRACE_MS);
  try {
    while (await body.read() !== undefined);
  } catch {
    // The stream is complete, however its connection ends.
  } finally {
    clearTimeout(timer);
  }
}

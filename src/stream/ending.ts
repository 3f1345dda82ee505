/**
 * Checks how a sync stream ends.
 *
 * @module
 */
import { ConnectionError, TimeoutError } from "../errors/mod.ts";
import type { BodyReader } from "../http/mod.ts";
import type { LineGuard } from "./line_guard.ts";

/** How long to wait for the end of the body after `SyncCompleteV1`, in milliseconds. */
const GRACE_MS = 1_000;

/** Options for {@linkcode checkEnding}. */
export interface EndingOptions {
  /** The source of the events. */
  body: BodyReader;
  /** The guard that has split the body into lines. */
  guard: LineGuard;
  /** Whether the stream must end with `SyncCompleteV1`. */
  terminator: "required" | "optional";
}

/**
 * Passes on the events of a stream, and throws if the stream ends early. A stream
 * may end
 *
 * - with `SyncCompleteV1`; anything after it is ignored;
 * - with `SyncResetV1` as the last line, even if the connection then fails;
 * - with any complete line, if the terminator is optional.
 *
 * @throws {TruncatedStreamError} If the body ends early.
 * @throws Any error that `batches` throws.
 */
export async function* checkEnding<E extends { type: string }>(
  batches: AsyncIterable<E[]>,
  { body, guard, terminator }: EndingOptions,
): AsyncGenerator<E[], void> {
  let last: string | undefined;
  const isReset = () => last === "SyncResetV1" && !guard.isInLine;
  try {
    for await (const events of batches) {
      const end = events.findIndex(({ type }) => type === "SyncCompleteV1");
      if (end !== -1) {
        const rest = drain(body);
        yield events.slice(0, end + 1);
        return await rest;
      }
      last = events.at(-1)?.type;
      yield events;
    }
  } catch (error) {
    const isInterruption = error instanceof ConnectionError ||
      error instanceof TimeoutError;
    if (isInterruption && isReset()) return;
    throw error;
  }
  if (isReset() || (terminator === "optional" && !guard.isInLine)) return;
  throw guard.truncated(`after line ${guard.lines} without SyncCompleteV1`);
}

/** Reads a body to its end, so that its connection can be reused. */
async function drain(body: BodyReader): Promise<void> {
  const timer = setTimeout(() => body.watchdog.abort(), GRACE_MS);
  try {
    while (await body.read() !== undefined);
  } catch {
    // The stream is complete, even if its connection fails now.
  } finally {
    clearTimeout(timer);
  }
}

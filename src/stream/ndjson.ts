/**
 * Newline-delimited JSON from a body, one value at a time.
 *
 * @module
 */
import { TextLineStream } from "@std/streams/text-line-stream";
import { ProtocolError } from "../errors/mod.ts";
import { parseJson } from "../http/mod.ts";
import { LineGuard, type LineGuardOptions } from "./line_guard.ts";

/** Enough to make a call of `pull` cheap per item, few enough to hold in memory. */
const ITEMS_PER_PULL = 32;

/** How the lines of a body become items. */
export interface NdjsonOptions<T> extends LineGuardOptions {
  /** Turns the value of a line into an item, or gives `undefined` for one that is none. */
  toItem: (value: unknown) => T | undefined;
  /** Asked at the end of the body: the error that the items end with, if any. */
  verdict: (guard: LineGuard) => unknown;
}

/**
 * Reads a body as lines of JSON: bytes → {@linkcode LineGuard} →
 * `TextLineStream` → `JSON.parse` → items.
 *
 * Every item before a failure is delivered before the stream fails. The body
 * is read as the items are, one chunk ahead of them. Blank lines are skipped.
 * The watchdog's signal is aborted when the body is over.
 */
export function ndjsonStream<T>(
  body: ReadableStream<Uint8Array>,
  options: NdjsonOptions<T>,
): ReadableStream<T> {
  const { watchdog, toItem, verdict, onBadLine } = options;
  const guard = new LineGuard(body, options);
  const { index } = guard;
  const lines = guard.texts.pipeThrough(new TextLineStream()).getReader();
  let ended = false;
  let failure: unknown;

  /** Ends the request; what is queued is still to be read. */
  async function end(error?: unknown): Promise<void> {
    ended = true;
    failure = error;
    watchdog.stop();
    await lines.cancel().catch(() => {});
  }

  function badLine(): ProtocolError {
    const line = index.consumed;
    const byteOffset = index.byteOffsetOf(line);
    return new ProtocolError(
      `Cannot ${watchdog.action}: line ${line} at byte ${byteOffset} is not an event in JSON`,
      { line, byteOffset },
    );
  }

  return new ReadableStream<T>({
    start(controller) {
      // A caller's abort does not wait until what is queued has been read.
      watchdog.onCallerAbort = (reason) => {
        controller.error(reason);
        void end();
      };
    },

    async pull(controller) {
      let count = 0;
      while (!ended) {
        const { done, value: line } = await lines.read();
        if (ended) return;
        if (done) {
          await end(verdict(guard));
          break;
        }
        index.consumed++;
        if (line !== "") {
          const item = toItem(parseJson(line));
          if (item !== undefined) {
            controller.enqueue(item);
            count++;
          } else if (onBadLine === undefined) {
            await end(badLine());
            break;
          } else {
            onBadLine(badLine());
          }
        }
        // Lines that have passed the guard are here at once: one call for many.
        const more = index.consumed < index.lines && count < ITEMS_PER_PULL;
        if (count > 0 && !more) return;
      }
      // To end while items are queued would drop them, or hide an abort.
      if (controller.desiredSize !== 0) return;
      watchdog.release();
      if (failure === undefined) controller.close();
      else controller.error(failure);
    },

    async cancel() {
      watchdog.release();
      await end();
    },
  }, { highWaterMark: 0 });
}

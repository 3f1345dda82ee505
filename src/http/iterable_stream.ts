/**
 * Turns the items of a body into a stream.
 *
 * @module
 */
import type { BodyReader } from "./body.ts";
import { iterate } from "./iterate.ts";

/**
 * A stream that `for await` can iterate in every runtime and with every
 * TypeScript `lib`. In Safari, and in `lib.dom` without `DOM.AsyncIterable`,
 * streams are not iterable (2026-11).
 */
export type IterableStream<T> = ReadableStream<T> & AsyncIterable<T>;

/**
 * Turns the items of a body into a stream. Reads the body only on demand, and ends
 * the request when the stream ends.
 *
 * @param batches Arrays of at least one item. If the iterable throws, the stream
 * fails with that error.
 */
export function toStream<T>(
  body: BodyReader,
  batches: AsyncIterator<T[], void>,
): IterableStream<T> {
  /** The last batch's items that are not in the stream's queue. */
  let rest: IterableIterator<T, undefined> = [].values();
  let isIterated = false;
  const stream = new ReadableStream<T>({
    start(controller) {
      const { watchdog } = body;
      // An abort makes the stream fail at once, even if items are left.
      const abort = (reason: unknown) => {
        body.failure ??= reason;
        rest = [].values();
        controller.error(reason);
        void body.close();
      };
      watchdog.onCallerAbort = abort;
      // The caller may have aborted after the head of the response arrived.
      if (watchdog.abortedByCaller) abort(watchdog.signal.reason);
    },
    // Called only when the queue is empty, so a failure drops nothing.
    async pull(controller) {
      try {
        let next = rest.next();
        if (next.done) {
          const { done, value } = await batches.next();
          if (done) {
            void body.close();
            return controller.close();
          }
          rest = value.values();
          next = rest.next();
        }
        controller.enqueue(next.value!);
        // A loop takes the remaining items directly, because each item in the
        // queue is expensive in Node and Bun (2026-11).
        if (isIterated) return;
        for (const item of rest) controller.enqueue(item);
      } catch (error) {
        body.failure ??= error;
        void body.close();
        throw error;
      }
    },
    cancel: () => body.close(),
  }, { highWaterMark: 0 });
  const value = () => {
    const items = iterate(stream.getReader(), () => rest.next());
    isIterated = true;
    return items;
  };
  Object.defineProperty(stream, Symbol.asyncIterator, { value });
  return stream as IterableStream<T>;
}

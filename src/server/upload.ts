/**
 * Applies the idle timeout to streamed uploads.
 *
 * @module
 */
import type { Watchdog } from "../http/mod.ts";

/**
 * Wraps a caller's stream for an upload. The idle timeout restarts whenever the
 * server accepts a chunk, and does not include the time that the caller takes
 * to produce a chunk. If the stream fails, the request ends.
 */
export function watchUpload(
  body: ReadableStream<Uint8Array>,
  watchdog: Watchdog,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await watchdog.pause(reader.read());
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        // Otherwise, workerd would keep waiting (2026-11).
        watchdog.abort(error);
        throw error;
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

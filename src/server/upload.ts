/**
 * A body on its way to a server.
 *
 * @module
 */
import type { Watchdog } from "../http/mod.ts";

/**
 * Passes on what a caller sends as a stream. Each chunk that the server takes is
 * a sign of life, and the time that the caller takes for a chunk does not count
 * as the server's silence. What the stream fails with ends the request.
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
        // workerd goes on waiting (seen 2026-11).
        watchdog.stop(error);
        throw error;
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

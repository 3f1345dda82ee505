/**
 * Bodies that arrive in random pieces, and record whether they were released.
 */
import type { Bytes } from "./corpus.ts";
import type { Random } from "./random.ts";

/** A body and its state. */
export interface Served {
  body: ReadableStream<Bytes>;
  /** Whether the body ended, failed, or was canceled. */
  readonly released: boolean;
}

/** Serves bytes in random pieces, some of them empty. */
export function serve(
  bytes: Bytes,
  random: Random,
  end: "close" | "error" | "stall" = "close",
): Served {
  const size = random.pick([1, 7, 100, 1_000, 16_384, 65_536, 1e9]);
  // Only short bodies are sent byte by byte.
  const least = bytes.length > 5_000 ? bytes.length >> 8 : 1;
  let offset = 0;
  let released = false;
  const body = new ReadableStream<Bytes>({
    pull(controller) {
      if (offset < bytes.length) {
        const length = random.below(2 * size) + least;
        controller.enqueue(bytes.slice(offset, offset + length));
        offset += length;
        if (random.chance(0.02)) controller.enqueue(new Uint8Array());
      } else if (end !== "stall") {
        released = true;
        if (end === "close") controller.close();
        else controller.error(new TypeError("terminated"));
      }
    },
    cancel() {
      released = true;
    },
  }, { highWaterMark: 0 });
  return {
    body,
    get released() {
      return released;
    },
  };
}

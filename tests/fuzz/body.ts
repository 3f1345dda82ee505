/** Bodies that arrive in random pieces, and know whether they were let go. */
import type { Bytes } from "./corpus.ts";
import type { Random } from "./random.ts";

/** A body, and what became of it. */
export interface Served {
  body: ReadableStream<Bytes>;
  /** Whether it came to its end, broke, or was cancelled. */
  readonly over: boolean;
}

/** Serves bytes in random pieces, empty ones among them. */
export function serve(
  bytes: Bytes,
  random: Random,
  end: "close" | "break" | "stall" = "close",
): Served {
  const size = random.pick([1, 7, 100, 1_000, 16_384, 65_536, 1e9]);
  // Byte by byte is for short bodies.
  const least = bytes.length > 5_000 ? bytes.length >> 8 : 1;
  let offset = 0;
  let over = false;
  const body = new ReadableStream<Bytes>({
    pull(controller) {
      if (offset < bytes.length) {
        const length = random.below(2 * size) + least;
        controller.enqueue(bytes.slice(offset, offset + length));
        offset += length;
        if (random.chance(0.02)) controller.enqueue(new Uint8Array());
      } else if (end !== "stall") {
        over = true;
        if (end === "close") controller.close();
        else controller.error(new TypeError("terminated"));
      }
    },
    cancel() {
      over = true;
    },
  }, { highWaterMark: 0 });
  return {
    body,
    get over() {
      return over;
    },
  };
}

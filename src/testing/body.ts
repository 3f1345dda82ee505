/**
 * Bodies made piece by piece, as they are read.
 *
 * @module
 */

/** Bytes, or how a body goes on without any: it ends, breaks, or never goes on. */
export type Piece = Uint8Array<ArrayBuffer> | "end" | "break" | "stall";

/** Where the bytes of a body come from. */
export interface Source {
  /** The next piece. */
  read(): Piece | Promise<Piece>;
  /** Nobody reads on. */
  cancel(): void | Promise<void>;
}

/** Who waits for a body, and who counts it. */
export interface BodyOptions {
  /** Breaks the body off. */
  signal?: AbortSignal | undefined;
  /** Called once when the body is over, read to its end or not. */
  onOver?: () => void;
}

/** A body that reads a source no further than it is read itself. */
export function toBody(
  source: Source,
  { signal, onOver = () => {} }: BodyOptions = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let over = false;
  function finish(): void {
    if (over) return;
    over = true;
    signal?.removeEventListener("abort", abort);
    onOver();
  }
  let abort = () => {};
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      abort = () => {
        controller.error(signal?.reason);
        finish();
        return source.cancel();
      };
      signal?.addEventListener("abort", abort, { once: true });
      if (signal?.aborted) abort();
    },
    async pull(controller) {
      const piece = await source.read();
      if (over || piece === "stall") return;
      if (typeof piece !== "string") return controller.enqueue(piece);
      if (piece === "end") controller.close();
      else controller.error(new TypeError("terminated"));
      finish();
    },
    async cancel() {
      finish();
      await source.cancel();
    },
  }, { highWaterMark: 0 });
}

/** A source that reads a body. */
export function fromBody(body: ReadableStream<Uint8Array>): Source {
  const reader = body.getReader();
  return {
    async read() {
      const { done, value } = await reader.read();
      return done ? "end" : new Uint8Array(value);
    },
    // Nobody is to be told of a body that is broken already.
    cancel: () => reader.cancel().catch(() => {}),
  };
}

/** A source whose bytes are compressed. */
export function compress(source: Source): Source {
  return fromBody(toBody(source).pipeThrough(new CompressionStream("gzip")));
}

/**
 * Creates response bodies piece by piece, on demand.
 *
 * @module
 */

/** A chunk of bytes, or what happens to the body instead: it ends, fails or stalls. */
export type Piece = Uint8Array<ArrayBuffer> | "end" | "break" | "stall";

/** The source that a body is read from. */
export interface Source {
  /** Returns the next piece. */
  read(): Piece | Promise<Piece>;
  /** Called when no more pieces are needed. */
  cancel(): void | Promise<void>;
}

/** Options for {@linkcode toBody}. */
export interface BodyOptions {
  /** Makes the body fail when aborted. */
  signal?: AbortSignal | undefined;
  /** Called once when the body has ended, failed or been canceled. */
  onOver?: () => void;
}

/** Creates a body that reads its source only on demand. */
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

/** Creates a source from a body. */
export function fromBody(body: ReadableStream<Uint8Array>): Source {
  const reader = body.getReader();
  return {
    async read() {
      const { done, value } = await reader.read();
      return done ? "end" : new Uint8Array(value);
    },
    // Ignore errors: the body may already have failed.
    cancel: () => reader.cancel().catch(() => {}),
  };
}

/** Compresses a source with gzip. */
export function compress(source: Source): Source {
  return fromBody(toBody(source).pipeThrough(new CompressionStream("gzip")));
}

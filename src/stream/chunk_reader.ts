/**
 * Reads the chunks of a body for a consumer that decodes each chunk immediately.
 *
 * @module
 */
import type { ChunkSource } from "../http/mod.ts";

/** The size of the buffer that a BYOB reader fills. */
const BUFFER_BYTES = 64 * 1024;

/** Once a chunk, or several joined chunks, reaches this size, it is passed on. */
const JOINED_BYTES = 16 * 1024;

/** How long to wait for more small chunks, in milliseconds. */
const JOIN_MS = 1;

/**
 * The number of small chunks that must arrive in quick succession before
 * further chunks are joined.
 */
const MANY_CHUNKS = 100;

/** The longest wait between chunks in quick succession, in milliseconds. */
const QUICK_MS = 10;

type Result = Awaited<ReturnType<ChunkSource["read"]>>;

/**
 * Locks a body, and returns a reader of its chunks. Only one call may be pending
 * at a time. Each chunk is valid until the next call, which may overwrite the
 * chunk's bytes.
 *
 * A real server sends each line as a chunk, and Deno and workerd pass on each
 * chunk separately (2026-11). Only many small chunks in quick succession are
 * joined, so that a slow stream is not delayed. If the body has a BYOB reader,
 * chunks are read into one buffer, because Deno would otherwise allocate 64 KiB
 * for each chunk (2.9). In other runtimes, chunks are larger, and a BYOB reader
 * would make Node slower.
 */
export function toChunkReader(
  body: ReadableStream<Uint8Array> | null,
): ChunkSource | null {
  return body && new ChunkJoiner(body);
}

/** Returns a reader that reuses one buffer, or the default reader. */
function toReusingReader(body: ReadableStream<Uint8Array>): ChunkSource {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: "byob" });
  } catch {
    // In Bun 1.4, response bodies have no BYOB reader. Few other streams have one.
    return body.getReader();
  }
  let buffer = new ArrayBuffer(BUFFER_BYTES);
  return {
    async read() {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      // At the end, the buffer comes back as an empty chunk.
      if (done || value === undefined) return { done: true };
      buffer = value.buffer;
      return { done, value };
    },
    cancel: () => reader.cancel(),
  };
}

class ChunkJoiner implements ChunkSource {
  readonly #body: ReadableStream<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #source: ChunkSource;
  /** A read whose chunk arrived too late for the last call. */
  #pending: Promise<Result> | undefined;
  /** Number of small chunks that arrived in quick succession. */
  #quickChunks = 0;
  #joined: Uint8Array | undefined;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#body = body;
    this.#source = this.#reader = body.getReader();
  }

  /** Reads the next chunk, or several joined chunks. */
  async read(): Promise<Result> {
    const calledAt = performance.now();
    const result = await (this.#pending ?? this.#source.read());
    this.#pending = undefined;
    const { value } = result;
    const isQuick = performance.now() - calledAt < QUICK_MS;
    if (!isQuick || !isSmall(value)) this.#quickChunks = 0;
    else if (++this.#quickChunks > MANY_CHUNKS) {
      return await this.#joinTo(value);
    }
    return result;
  }

  /** Cancels the body. */
  async cancel(): Promise<void> {
    await this.#source.cancel();
  }

  #startJoining(): Uint8Array {
    this.#reader.releaseLock();
    this.#source = toReusingReader(this.#body);
    return new Uint8Array(2 * JOINED_BYTES);
  }

  /** Appends the chunks that arrive soon after the first. */
  #joinTo(first: Uint8Array): Promise<Result> {
    const joined = this.#joined ??= this.#startJoining();
    joined.set(first);
    let length = first.length;
    let isAnswered = false;
    return new Promise((resolve) => {
      const answer = () => {
        isAnswered = true;
        clearTimeout(timer);
        resolve({ done: false, value: joined.subarray(0, length) });
      };
      const timer = setTimeout(answer, JOIN_MS);
      const append = async () => {
        while (length < JOINED_BYTES) {
          // Left for the next call: a late or large chunk, the end, or the failure.
          this.#pending = this.#source.read();
          const { value } = await this.#pending;
          if (isAnswered || !isSmall(value)) return;
          this.#pending = undefined;
          joined.set(value, length);
          length += value.length;
        }
      };
      append().then(answer, answer);
    });
  }
}

function isSmall(chunk: unknown): chunk is Uint8Array {
  return chunk instanceof Uint8Array && chunk.length < JOINED_BYTES;
}

/**
 * Reads the chunks of a body that is decoded at once.
 *
 * @module
 */
import type { ChunkSource } from "../http/mod.ts";

/** The size of the buffer that a BYOB reader fills. */
const BUFFER_BYTES = 64 * 1024;

/** The size from which a chunk, or several joined ones, is passed on. */
const JOINED_BYTES = 16 * 1024;

/** How long to wait for more small chunks, in milliseconds. */
const JOIN_MS = 1;

/** The number of chunks in quick succession after which small ones are joined. */
const MANY_CHUNKS = 100;

/** The longest wait for a chunk in quick succession, in milliseconds. */
const QUICK_MS = 10;

type Result = Awaited<ReturnType<ChunkSource["read"]>>;

/**
 * Locks a body, and reads its chunks, one call at a time. Each chunk is valid until the
 * next call, which may overwrite its bytes.
 *
 * - Reads into one buffer where the body has a BYOB reader, because Deno otherwise
 *   allocates 64 KiB for each chunk (2.9).
 * - Joins small chunks, because a real server sends each line as a chunk, and Deno
 *   and workerd pass each on (2026-11). Only many chunks in quick succession are
 *   joined, so that a slow stream is not delayed.
 */
export function lockBody(
  body: ReadableStream<Uint8Array> | null,
): ChunkSource | null {
  return body && new ChunkJoiner(toReader(body));
}

/** Returns a reader that reuses one buffer if it can, or else the default reader. */
function toReader(body: ReadableStream<Uint8Array>): ChunkSource {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: "byob" });
  } catch {
    // No body of a response has a BYOB reader in Bun 1.4, and few other streams do.
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
  readonly #source: ChunkSource;
  /** A read whose chunk arrived too late for the last call. */
  #pending: Promise<Result> | undefined;
  /** Number of chunks that arrived in quick succession. */
  #quickChunks = 0;
  #joined: Uint8Array | undefined;

  constructor(source: ChunkSource) {
    this.#source = source;
  }

  /** Reads the next chunk, or several joined ones. */
  async read(): Promise<Result> {
    const calledAt = performance.now();
    const result = await (this.#pending ?? this.#source.read());
    this.#pending = undefined;
    const isQuick = performance.now() - calledAt < QUICK_MS;
    this.#quickChunks = isQuick ? this.#quickChunks + 1 : 0;
    const { value } = result;
    if (this.#quickChunks <= MANY_CHUNKS || !isSmall(value)) return result;
    return await this.#joinTo(value);
  }

  /** Cancels the body. */
  async cancel(): Promise<void> {
    await this.#source.cancel();
  }

  /** Appends the chunks that arrive soon. */
  #joinTo(first: Uint8Array): Promise<Result> {
    const joined = this.#joined ??= new Uint8Array(2 * JOINED_BYTES);
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
          // The next call gets a chunk that is late or large, the end, or the failure.
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

/**
 * The variants for reading a stream from a socket.
 *
 * @module
 */
import {
  countByHand,
  open,
  type Read,
  readDefault,
  type Way,
  WAYS,
} from "../ways.ts";

/** The size of the buffer, which is reused for each read. */
const BUFFER_BYTES = 64 * 1024;

/** Reads a body with a BYOB reader and one buffer. */
function readByob(body: ReadableStream<Uint8Array>): Read {
  const reader = body.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(BUFFER_BYTES);
  return async () => {
    const { done, value } = await reader.read(new Uint8Array(buffer));
    if (done || value === undefined) return undefined;
    buffer = value.buffer;
    return value;
  };
}

/** Reads chunks only, and counts their bytes. */
async function countBytes(read: Read): Promise<number> {
  let bytes = 0;
  for (let chunk; (chunk = await read()) !== undefined;) bytes += chunk.length;
  return bytes;
}

/**
 * The variant that is the limit in runtimes where a BYOB reader is not
 * supported or not faster.
 */
export const DEFAULT_LIMIT = "hand-written, default reader";
/** The variant that is the limit in Deno. */
export const BYOB_LIMIT = "hand-written, BYOB reader";

/** The variants, keyed by their names in the table. */
export const WIRE_WAYS: Record<string, Way> = {
  "chunks only, default reader": async (source) =>
    await countBytes(readDefault(await open(source))),
  "chunks only, BYOB reader": async (source) =>
    await countBytes(readByob(await open(source))),
  [DEFAULT_LIMIT]: WAYS["one hand-written stage (the limit)"]!,
  [BYOB_LIMIT]: async (source) =>
    await countByHand(readByob(await open(source))),
  "three `pipeThrough`": WAYS["three `pipeThrough`"]!,
  "`syncStream`": WAYS["`syncStream`"]!,
  "`sync`, with an empty processor": WAYS["`sync`, with an empty processor"]!,
};

/**
 * Returns whether a variant needs a BYOB reader. Bodies in Bun do not support
 * this kind of reader.
 */
export function needsByob(way: string): boolean {
  return way.includes("BYOB");
}

/**
 * Watches a response while its body is read.
 *
 * @module
 */
import { type BodyReader, toStream } from "../http/mod.ts";

/**
 * Copies a response, so that the request's timeout applies while the body is read.
 *
 * @param reader The reader of the body, if there is one.
 */
export function toWatched(
  { headers, status, statusText, url }: Response,
  reader: BodyReader | undefined,
): Response {
  const watched = new Response(
    reader === undefined ? null : toStream(reader, chunksOf(reader)),
    { status, statusText, headers },
  );
  if (headers.has("content-encoding")) {
    // The runtime has already decompressed the body.
    watched.headers.delete("content-encoding");
    watched.headers.delete("content-length");
  }
  // The constructor does not accept a URL.
  Object.defineProperty(watched, "url", { value: url });
  for (const name of READERS) keepFailure(watched, name, reader);
  return watched;
}

/** The methods that read a whole body; Node 20 lacks some of them. */
const READERS = [
  "arrayBuffer",
  "blob",
  "bytes",
  "formData",
  "json",
  "text",
] as const;

/**
 * Restores a body's own error, which Chromium replaces with a `TypeError`
 * (2026-11).
 */
function keepFailure(
  response: Response,
  name: typeof READERS[number],
  reader: BodyReader | undefined,
): void {
  const read = response[name];
  if (read === undefined) return;
  const value = async () => {
    try {
      return await read.call(response);
    } catch (error) {
      throw reader?.failure ?? error;
    }
  };
  Object.defineProperty(response, name, { value });
}

async function* chunksOf(
  reader: BodyReader,
): AsyncGenerator<Uint8Array[], void> {
  for (let chunk; (chunk = await reader.read()) !== undefined;) yield [chunk];
}

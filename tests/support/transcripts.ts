/** Reads recorded exchanges with real servers. */
import { listNames, readBytes } from "./files.ts";
import { isTruth } from "./truth.ts";

/** One recorded exchange. */
export interface Transcript {
  name: string;
  request: {
    method: string;
    path: string;
    headers: Record<string, string>;
    body?: string;
  };
  response: {
    status: number;
    statusText: string;
    headers: [name: string, value: string][];
    complete: boolean;
    body?: string;
    bodyFile?: string;
  };
  /** The raw body, possibly compressed. */
  bytes: Uint8Array<ArrayBuffer>;
}

/** Reads one exchange, such as `3.1.0/01-basics/006-login-ok`. */
export async function transcript(path: string): Promise<Transcript> {
  const text = await readBytes(`transcripts/${path}.json`);
  const exchange = JSON.parse(new TextDecoder().decode(text));
  const { body = "", bodyFile } = exchange.response;
  const folder = path.slice(0, path.lastIndexOf("/"));
  const bytes = bodyFile === undefined
    ? new TextEncoder().encode(body)
    : await readBytes(`transcripts/${folder}/${bodyFile}`);
  return { ...exchange, bytes };
}

/** Reads the exchanges in a folder such as `3.1.0/07-errors`, in order. */
export async function transcripts(folder: string): Promise<Transcript[]> {
  const names = (await listNames(`transcripts/${folder}`))
    .filter((name) => name.endsWith(".json") && !isTruth(name))
    .map((name) => name.replace(".json", ""));
  return await Promise.all(
    names.map((name) => transcript(`${folder}/${name}`)),
  );
}

/**
 * Creates the recorded response. Its body arrives as a whole or in chunks of
 * the given size.
 */
export function toResponse(
  { response, bytes }: Transcript,
  chunkSize: number = bytes.length,
): Response {
  const { status, complete } = response;
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  const body = status === 204 ? null : toChunks(bytes, chunkSize, complete);
  return new Response(body, { status, headers });
}

/** Returns the text of a recorded, uncompressed body. */
export function textOf({ bytes }: Transcript): string {
  return new TextDecoder().decode(bytes);
}

/** Parses the lines of a recorded stream. */
export function linesOf(exchange: Transcript): unknown[] {
  return textOf(exchange).split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/**
 * Creates a body that arrives in chunks of the given size and may never end.
 */
export function toChunks(
  bytes: Uint8Array<ArrayBuffer>,
  chunkSize: number,
  end = true,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      if (offset < bytes.length) {
        controller.enqueue(bytes.slice(offset, offset += chunkSize));
      } else if (end) {
        controller.close();
      }
    },
  }, { highWaterMark: 0 });
}

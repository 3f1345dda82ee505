/** The material for mutations: the bodies of recorded responses. */
import { transcripts } from "../support/transcripts.ts";

/** Bytes in a body. */
export type Bytes = Uint8Array<ArrayBuffer>;

const FOLDERS = [
  "3.1.0/01-basics",
  "3.1.0/02-oauth",
  "3.1.0/03-sync-admin",
  "3.1.0/06-reset",
  "3.1.0/07-errors",
  "2.7.5/01-basics",
  "2.7.5/03-sync-admin",
  "2.7.5/07-errors",
];

/**
 * Limits the number of lines in a stream, because the duration of a case
 * depends on the number of bytes.
 */
const MAX_LINES = 60;

/** Recorded bodies. */
export interface Corpus {
  /** Streams, some of them compressed. */
  streams: Bytes[];
  /** Complete streams. */
  complete: Bytes[];
  /** JSON responses, including errors, with their paths. */
  answers: { path: string; status: number; bytes: Bytes }[];
}

/** Reads all recordings. */
export async function loadCorpus(): Promise<Corpus> {
  const all = (await Promise.all(FOLDERS.map(transcripts))).flat();
  const streams = all.filter(({ response }) => response.bodyFile !== undefined)
    .map(({ bytes }) => shorten(bytes));
  const answers = all.filter(({ response }) =>
    response.bodyFile === undefined && response.status !== 204
  ).map(({ request, response, bytes }) => ({
    path: request.path,
    status: response.status,
    bytes,
  }));
  return { streams, complete: streams.filter(isComplete), answers };
}

function isComplete(bytes: Bytes): boolean {
  const last = new TextDecoder().decode(bytes).trimEnd().split("\n").at(-1)!;
  return last.includes('{"type":"SyncCompleteV1"');
}

function shorten(bytes: Bytes): Bytes {
  const lines = new TextDecoder().decode(bytes).split("\n");
  if (lines.length <= MAX_LINES || !isComplete(bytes)) return bytes;
  const stride = Math.ceil(lines.length / MAX_LINES);
  const few = lines.filter((_, i) => i % stride === 0 || i > lines.length - 5);
  return new TextEncoder().encode(few.join("\n"));
}

/** What is mutated: the bodies of recorded answers. */
import { transcripts } from "../support/transcripts.ts";

/** Bytes of a body. */
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

/** A case takes its time by the bytes: of a long stream, only the begin and the end. */
const MAX_LINES = 60;

/** Recorded bodies. */
export interface Corpus {
  /** Streams, compressed ones among them. */
  streams: Bytes[];
  /** Streams that are whole, as a server sends them that nothing ails. */
  whole: Bytes[];
  /** Answers and errors in JSON, by the path that they answer. */
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
  return { streams, whole: streams.filter(isWhole), answers };
}

function isWhole(bytes: Bytes): boolean {
  const last = new TextDecoder().decode(bytes).trimEnd().split("\n").at(-1)!;
  return last.includes('{"type":"SyncCompleteV1"');
}

function shorten(bytes: Bytes): Bytes {
  const lines = new TextDecoder().decode(bytes).split("\n");
  if (lines.length <= MAX_LINES || !isWhole(bytes)) return bytes;
  const stride = Math.ceil(lines.length / MAX_LINES);
  const few = lines.filter((_, i) => i % stride === 0 || i > lines.length - 5);
  return new TextEncoder().encode(few.join("\n"));
}

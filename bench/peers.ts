/**
 * Other packages on npm and JSR that read JSON Lines.
 *
 * @module
 */
import { Readable } from "node:stream";
import type { ReadableStream as NodeStream } from "node:stream/web";
import { JsonParseStream } from "@std/json/parse-stream";
import { TextLineStream } from "@std/streams/text-line-stream";
import canNdjsonStream from "can-ndjson-stream";
import readNdjson from "ndjson-readablestream";
import split2 from "split2";
import { count, type Event, type Way } from "./ways.ts";

async function ndjsonReadableStream(
  ...[body, onEvent]: Parameters<Way>
): Promise<number> {
  return await count(readNdjson<Event>(body), onEvent);
}

/** This package reads ahead without limit, because it does not apply backpressure. */
async function canNdjson(...[body, onEvent]: Parameters<Way>): Promise<number> {
  return await count(canNdjsonStream(body), onEvent);
}

async function jsonParseStream(
  ...[body, onEvent]: Parameters<Way>
): Promise<number> {
  const events = body
    .pipeThrough(new TextDecoderStream("utf-8", { fatal: true }))
    .pipeThrough(new TextLineStream())
    .pipeThrough(new JsonParseStream());
  return await count(events as ReadableStream<Event>, onEvent);
}

async function nodeSplit(...[body, onEvent]: Parameters<Way>): Promise<number> {
  const readable = Readable.fromWeb(body as unknown as NodeStream);
  return await count(readable.pipe(split2(JSON.parse)), onEvent);
}

/** The packages, keyed by their names in the table. */
export const PEERS: Record<string, Way> = {
  "`ndjson-readablestream`": ndjsonReadableStream,
  "`can-ndjson-stream`": canNdjson,
  "`@std/json` JsonParseStream": jsonParseStream,
  "`split2` (Node streams)": nodeSplit,
};

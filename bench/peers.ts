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
import { count, type Event, open, type Way } from "./ways.ts";

async function ndjsonReadableStream(
  ...[source, onEvent]: Parameters<Way>
): Promise<number> {
  return await count(readNdjson<Event>(await open(source)), onEvent);
}

/** This package reads ahead without limit, because it does not apply backpressure. */
async function canNdjson(
  ...[source, onEvent]: Parameters<Way>
): Promise<number> {
  return await count(canNdjsonStream(await open(source)), onEvent);
}

async function jsonParseStream(
  ...[source, onEvent]: Parameters<Way>
): Promise<number> {
  const events = (await open(source))
    .pipeThrough(new TextDecoderStream("utf-8", { fatal: true }))
    .pipeThrough(new TextLineStream())
    .pipeThrough(new JsonParseStream());
  return await count(events as ReadableStream<Event>, onEvent);
}

async function nodeSplit(
  ...[source, onEvent]: Parameters<Way>
): Promise<number> {
  const readable = Readable.fromWeb(
    await open(source) as unknown as NodeStream,
  );
  return await count(readable.pipe(split2(JSON.parse)), onEvent);
}

/** The packages, keyed by their names in the table. */
export const PEERS: Record<string, Way> = {
  "`ndjson-readablestream`": ndjsonReadableStream,
  "`can-ndjson-stream`": canNdjson,
  "`@std/json` JsonParseStream": jsonParseStream,
  "`split2` (Node streams)": nodeSplit,
};

/**
 * The variants compared by the bench. Each one reads the events in a stream.
 *
 * @module
 */
import { type Fetch, sync, syncStream } from "@immich-edge/sync";
import { TextLineStream } from "@std/streams/text-line-stream";

/** A server that sends one stream. */
export interface Source {
  /** The base URL. */
  baseUrl: string;
  /** Sends requests to the server. */
  fetch: Fetch;
}

/** Reads a stream to its end, and counts its rows. */
export type Way = (source: Source, onEvent?: () => void) => Promise<number>;

/** The fields common to all events. */
export interface Event {
  /** The type of the event. */
  type: string;
}

function isRow({ type }: Event): boolean {
  return !type.startsWith("Sync");
}

/** Counts the rows in a stream. */
export async function count(
  events: AsyncIterable<Event>,
  onEvent: () => void = () => {},
): Promise<number> {
  let count = 0;
  for await (const event of events) {
    if (isRow(event)) count++;
    onEvent();
  }
  return count;
}

const NOTHING_NEW =
  '{"type":"SyncCompleteV1","data":{},"ack":"SyncCompleteV1|9"}\n';

/**
 * Creates a server that accepts every ack. The first stream is the given body,
 * and later streams contain nothing new.
 */
export function fromMemory(body: ReadableStream<Uint8Array>): Source {
  const headers = { "content-type": "application/jsonlines+json" };
  const bodies: BodyInit[] = [body];
  return {
    baseUrl: "http://localhost",
    fetch: (url) =>
      Promise.resolve(
        url.endsWith("/stream")
          ? new Response(bodies.pop() ?? NOTHING_NEW, { headers })
          : new Response(null, { status: 204 }),
      ),
  };
}

/** Requests the stream, and returns its body. */
export async function open(
  { baseUrl, fetch }: Source,
): Promise<ReadableStream<Uint8Array>> {
  const init = { method: "POST", headers: { "accept-encoding": "identity" } };
  const { body } = await fetch(`${baseUrl}/api/sync/stream`, init);
  if (body === null) throw new Error("The response has no body");
  return body;
}

/** Reads the events with `syncStream`. */
async function stream(...[source, onEvent]: Parameters<Way>): Promise<number> {
  const { baseUrl, fetch } = source;
  const session = { baseUrl, accessToken: "token" };
  const events = await syncStream(session, ["AssetsV2"], { fetch });
  return await count(events, onEvent);
}

/**
 * Reads the events with `sync` and an empty processor. This includes batches
 * and acks.
 */
async function loop(
  ...[{ baseUrl, fetch }, onEvent = () => {}]: Parameters<Way>
): Promise<number> {
  const session = { baseUrl, accessToken: "token" };
  const processor = { process: onEvent, reset() {} };
  const options = { fetch, serverVersion: false } as const;
  const { counts } = await sync(session, ["AssetsV2"], processor, options);
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Reads the next chunk of a body, or returns `undefined` at its end. */
export type Read = () => Promise<Uint8Array | undefined>;

/**
 * Turns bytes into values in one hand-written stage that checks nothing, and
 * counts the values.
 */
export async function countByHand(
  read: Read,
  onEvent?: () => void,
): Promise<number> {
  const decoder = new TextDecoder();
  let rest = "";
  const events = new ReadableStream<Event>({
    async pull(controller) {
      while (true) {
        const chunk = await read();
        if (chunk === undefined) return controller.close();
        const text = rest + decoder.decode(chunk, { stream: true });
        let start = 0;
        for (
          let end;
          (end = text.indexOf("\n", start)) !== -1;
          start = end + 1
        ) {
          controller.enqueue(JSON.parse(text.slice(start, end)));
        }
        rest = text.slice(start);
        if (start > 0) return;
      }
    },
  }, { highWaterMark: 0 });
  return await count(events, onEvent);
}

/** Reads a body with the default reader. */
export function readDefault(body: ReadableStream<Uint8Array>): Read {
  const reader = body.getReader();
  return async () => (await reader.read()).value;
}

/** One hand-written stage: the upper limit. */
async function handWritten(
  ...[source, onEvent]: Parameters<Way>
): Promise<number> {
  return await countByHand(readDefault(await open(source)), onEvent);
}

/** The obvious chain of standard streams. */
async function threePipes(
  ...[source, onEvent]: Parameters<Way>
): Promise<number> {
  const events = (await open(source))
    .pipeThrough(new TextDecoderStream("utf-8", { fatal: true }))
    .pipeThrough(new TextLineStream())
    .pipeThrough(
      new TransformStream<string, Event>({
        transform: (line, controller) => controller.enqueue(JSON.parse(line)),
      }),
    );
  return await count(events, onEvent);
}

/** Reads the whole body as text, as users of the official SDK do. */
async function wholeText(
  ...[source, onEvent = () => {}]: Parameters<Way>
): Promise<number> {
  const text = await new Response(await open(source)).text();
  const events: Event[] = text.trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  onEvent();
  return events.filter(isRow).length;
}

/** The variants, keyed by their names in the table. */
export const WAYS: Record<string, Way> = {
  "one hand-written stage (the limit)": handWritten,
  "`syncStream`": stream,
  "`sync`, with an empty processor": loop,
  "three `pipeThrough`": threePipes,
  "whole body as text": wholeText,
};

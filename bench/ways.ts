/**
 * The ways of reading events from a body that the bench compares.
 *
 * @module
 */
import { sync, syncStream } from "@immich-edge/sync";
import { TextLineStream } from "@std/streams/text-line-stream";

/** Reads a body to its end, and counts its rows. */
export type Way = (
  body: ReadableStream<Uint8Array>,
  onEvent?: () => void,
) => Promise<number>;

/** The fields that all events have in common. */
export interface Event {
  /** The type of the event. */
  type: string;
}

function isRow({ type }: Event): boolean {
  return !type.startsWith("Sync");
}

/** Counts the rows of a stream. */
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

const SESSION = { baseUrl: "http://localhost", accessToken: "token" };

/** Creates a server that sends one stream, then nothing new, and accepts every ack. */
function serving(body: ReadableStream<Uint8Array>) {
  const headers = { "content-type": "application/jsonlines+json" };
  const bodies: BodyInit[] = [body];
  return (url: string) =>
    Promise.resolve(
      url.endsWith("/stream")
        ? new Response(bodies.pop() ?? NOTHING_NEW, { headers })
        : new Response(null, { status: 204 }),
    );
}

const NOTHING_NEW =
  '{"type":"SyncCompleteV1","data":{},"ack":"SyncCompleteV1|9"}\n';

/** Reads with this library's stream. */
async function stream(...[body, onEvent]: Parameters<Way>): Promise<number> {
  const fetch = serving(body);
  return await count(
    await syncStream(SESSION, ["AssetsV2"], { fetch }),
    onEvent,
  );
}

/**
 * Reads with this library's sync loop, with batches, acks and an empty
 * processor.
 */
async function loop(
  ...[body, onEvent = () => {}]: Parameters<Way>
): Promise<number> {
  const processor = { process: onEvent, reset() {} };
  const { counts } = await sync(SESSION, ["AssetsV2"], processor, {
    fetch: serving(body),
    serverVersion: false,
  });
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/**
 * Reads with one hand-written stage that turns bytes into values without any
 * checks. This is the upper limit.
 */
async function handWritten(
  ...[body, onEvent]: Parameters<Way>
): Promise<number> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  const events = new ReadableStream<Event>({
    async pull(controller) {
      while (true) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        const text = rest + decoder.decode(value, { stream: true });
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

/** Reads with the obvious chain of standard streams. */
async function threePipes(
  ...[body, onEvent]: Parameters<Way>
): Promise<number> {
  const events = body
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
  ...[body, onEvent = () => {}]: Parameters<Way>
): Promise<number> {
  const text = await new Response(body).text();
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

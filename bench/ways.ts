/**
 * The ways from a body to events that are compared.
 *
 * @module
 */
import { syncStream } from "@immich-edge/sync";
import { TextLineStream } from "@std/streams/text-line-stream";

/** Reads a body to its end, and counts its events. */
export type Way = (
  body: ReadableStream<Uint8Array>,
  onEvent?: () => void,
) => Promise<number>;

interface Event {
  type: string;
}

async function count(
  events: ReadableStream<Event>,
  onEvent: () => void = () => {},
): Promise<number> {
  let count = 0;
  for await (const event of events) {
    if (event.type !== "") count++;
    onEvent();
  }
  return count;
}

const SESSION = { baseUrl: "http://localhost", accessToken: "token" };

/** This library. */
async function ours(...[body, onEvent]: Parameters<Way>): Promise<number> {
  const headers = { "content-type": "application/jsonlines+json" };
  const fetch = () => Promise.resolve(new Response(body, { headers }));
  return await count(
    await syncStream(SESSION, ["AssetsV2"], { fetch }),
    onEvent,
  );
}

/** One hand-written stage from bytes to values, without any of the checks: the limit. */
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

/** The chain that one would write first. */
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

/** The whole body as text: what the official SDK leaves its users with. */
async function wholeText(
  ...[body, onEvent = () => {}]: Parameters<Way>
): Promise<number> {
  const text = await new Response(body).text();
  const events: Event[] = text.trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  onEvent();
  return events.filter(({ type }) => type !== "").length;
}

/** Every way, by the name that the table gives it. */
export const WAYS: Record<string, Way> = {
  "one hand-written stage (the limit)": handWritten,
  "`syncStream`": ours,
  "three `pipeThrough`": threePipes,
  "whole body as text": wholeText,
};

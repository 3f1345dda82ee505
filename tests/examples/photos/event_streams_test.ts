/** Streams that show a run's progress. */
import { assert, assertEquals } from "@std/assert";
import {
  type Copy,
  EMPTY_COPY,
  endRun,
  startRun,
} from "../../../examples/photos/src/copy.ts";
import {
  EventStreams,
  type StreamEvent,
} from "../../../examples/photos/src/event_streams.ts";
import { test } from "../../support/test.ts";

const RUNNING: Copy = startRun(EMPTY_COPY, 0);
const ENDED: Copy = endRun(RUNNING, 1);

function render({ phase, run }: Copy): StreamEvent {
  const event = phase === "running" ? "progress" : "over";
  return { event, data: `${run?.events}` };
}

function withEvents(events: number): Copy {
  return { ...RUNNING, run: { ...RUNNING.run!, events } };
}

function open(streams: EventStreams, ticket = "a", copy = RUNNING) {
  const stream = streams.open(ticket, copy);
  assert(stream !== undefined);
  return stream.pipeThrough(new TextDecoderStream());
}

async function readAll(stream: ReadableStream<string>): Promise<string> {
  return (await Array.fromAsync(stream)).join("");
}

test("a stream starts with the current state and ends with the run", async () => {
  const streams = new EventStreams(render);
  const stream = open(streams);
  streams.send(ENDED);
  assertEquals(
    await readAll(stream),
    "event: progress\ndata: 0\n\nevent: over\ndata: 0\n\n",
  );
});

test("a stream of an idle copy ends at once", async () => {
  const streams = new EventStreams(render);
  const text = await readAll(open(streams, "a", ENDED));
  assertEquals(text, "event: over\ndata: 0\n\n");
});

test("only the newest of many changes is sent after a pause", async () => {
  const streams = new EventStreams(render);
  const reader = open(streams).getReader();
  assertEquals((await reader.read()).value, "event: progress\ndata: 0\n\n");
  for (let i = 1; i <= 1000; i++) streams.send(withEvents(i));
  assertEquals((await reader.read()).value, "event: progress\ndata: 1000\n\n");
  await reader.cancel();
});

test("data with several lines is sent as one event", async () => {
  const streams = new EventStreams(() => ({ event: "over", data: "a\nb" }));
  assertEquals(
    await readAll(open(streams)),
    "event: over\ndata: a\ndata: b\n\n",
  );
});

test("ten streams can be open, and a browser that leaves makes room for another", async () => {
  const streams = new EventStreams(render);
  const all = Array.from({ length: 10 }, () => open(streams));
  assertEquals(streams.open("b", RUNNING), undefined);
  await all[0]!.cancel();
  const next = open(streams, "b");
  assertEquals(streams.open("b", RUNNING), undefined);
  streams.send(ENDED);
  for (const stream of [next, ...all.slice(1)]) await readAll(stream);
  await open(streams, "b").cancel();
});

test("a sign-out ends the streams of that browser only", async () => {
  const streams = new EventStreams(render);
  const [one, other] = [open(streams, "a"), open(streams, "b")];
  streams.close("a");
  assertEquals(
    await readAll(one),
    "event: progress\ndata: 0\n\nevent: over\ndata: \n\n",
  );
  streams.send(ENDED);
  assertEquals(
    await readAll(other),
    "event: progress\ndata: 0\n\nevent: over\ndata: 0\n\n",
  );
});

/** Streams that show a run's progress. */
import { assert, assertEquals } from "@std/assert";
import {
  EventStreams,
  type StreamEvent,
} from "../../../examples/photos/src/event_streams.ts";
import { test } from "../../support/test.ts";

/** A copy's streams. The test sets the copy's state. */
class Stage {
  shown: StreamEvent = { event: "progress", data: "0" };
  readonly streams = new EventStreams(() => this.shown);

  /** Changes the copy's state. */
  show(event: StreamEvent["event"], data: string): void {
    this.shown = { event, data };
    this.streams.change();
  }

  open(ticket = "a"): ReadableStream<string> {
    const stream = this.streams.open(ticket);
    assert(stream !== undefined);
    return stream.pipeThrough(new TextDecoderStream());
  }
}

async function readAll(stream: ReadableStream<string>): Promise<string> {
  return (await Array.fromAsync(stream)).join("");
}

const FIRST = "event: progress\ndata: 0\n\n";
const LAST = "event: over\ndata: 9\n\n";

test("a stream starts with the current state and ends with the run", async () => {
  const it = new Stage();
  const stream = it.open();
  it.show("over", "9");
  assertEquals(await readAll(stream), FIRST + LAST);
  // The stream of an idle copy ends at once.
  assertEquals(await readAll(it.open()), LAST);
});

test("only the newest of many changes is sent after a pause", async () => {
  const it = new Stage();
  const reader = it.open().getReader();
  assertEquals((await reader.read()).value, FIRST);
  for (let i = 1; i <= 1000; i++) it.show("progress", `${i}`);
  assertEquals((await reader.read()).value, "event: progress\ndata: 1000\n\n");
  await reader.cancel();
});

test("a stream without events sends a comment after ten seconds", async () => {
  const { setInterval } = globalThis;
  let tick = () => {};
  let everyMs = 0;
  Object.assign(globalThis, {
    setInterval: (run: () => void, ms: number) => {
      [tick, everyMs] = [run, ms];
    },
  });
  const it = new Stage();
  const stream = it.open();
  Object.assign(globalThis, { setInterval });
  for (let ms = everyMs; ms < 10_000; ms += everyMs) tick();
  it.show("progress", "1");
  tick();
  for (let ms = everyMs; ms <= 10_000; ms += everyMs) tick();
  it.show("over", "9");
  assertEquals(
    await readAll(stream),
    `${FIRST}event: progress\ndata: 1\n\n:\n\n${LAST}`,
  );
});

test("data with several lines is sent as one event", async () => {
  const it = new Stage();
  it.show("over", "a\nb");
  assertEquals(await readAll(it.open()), "event: over\ndata: a\ndata: b\n\n");
});

test("ten streams can be open, and a browser that leaves makes room for another", async () => {
  const it = new Stage();
  const all = Array.from({ length: 10 }, () => it.open());
  assertEquals(it.streams.open("b"), undefined);
  await all[0]!.cancel();
  const next = it.open("b");
  assertEquals(it.streams.open("b"), undefined);
  it.show("progress", "1");
  it.show("over", "9");
  for (const stream of [next, ...all.slice(1)]) await readAll(stream);
  await it.open("b").cancel();
});

test("a sign-out ends the streams of that browser only", async () => {
  const it = new Stage();
  const [one, other] = [it.open("a"), it.open("b").getReader()];
  assertEquals((await other.read()).value, FIRST);
  it.streams.close("a");
  assertEquals(await readAll(one), `${FIRST}event: over\ndata: \n\n`);
  it.show("progress", "1");
  assertEquals((await other.read()).value, "event: progress\ndata: 1\n\n");
  it.show("over", "9");
  assertEquals((await other.read()).value, LAST);
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Acknowledger } from "../../src/sync/acknowledger.ts";
import type { AckSchedule } from "../../src/sync/mod.ts";
import { AckSet } from "../../src/sync/checkpoint.ts";
import { later, turn } from "../support/events.ts";
import { event } from "../support/script.ts";
import { test } from "../support/test.ts";

/** Creates an acknowledger with a clock and a server controlled by the test. */
function acknowledger(
  schedule: AckSchedule | "complete" = {},
  signal: AbortSignal | undefined = undefined,
) {
  let time = 0;
  let moves = 0;
  const posted: string[] = [];
  let post = () => Promise.resolve();
  const acks = new Acknowledger({
    schedule: schedule === "complete"
      ? schedule
      : { every: false, intervalMs: false, ...schedule },
    now: () => time,
    post: (acks) => {
      posted.push(acks.join(" "));
      return post();
    },
    startBatch: () => () => {},
    onMoved: () => void moves++,
    signal,
  });
  /** Adds a batch of one type. Its last event has the given ack. */
  const give = (ack: string, events = 1) => {
    const type = ack.split("|")[0]!;
    return acks.register({
      type,
      events: Array.from({ length: events }, () => event(type, ack)),
      acks: new AckSet().addAll([ack]),
    });
  };
  return {
    acks,
    give,
    posted,
    store: (ack: string, events?: number) => give(ack, events)(),
    /**
     * Acknowledges what is stored, and returns whether a checkpoint has moved.
     */
    async moves(): Promise<boolean> {
      const before = moves;
      await acks.sendStored();
      return moves > before;
    },
    pass: (ms: number) => void (time += ms),
    answer: (next: () => Promise<void>) => void (post = next),
  };
}

test("the newest ack for each checkpoint is sent, in order of arrival", async () => {
  const { acks, store, posted } = acknowledger();
  for (const ack of ["A|1", "B|1", "A|2"]) await store(ack);
  await acks.sendAll("C|9");
  assertEquals(posted, ["B|1 A|2 C|9"]);
});

test("a batch is not acknowledged until it is stored", async () => {
  const { acks, give, posted } = acknowledger();
  give("A|1");
  assert(!acks.allStored);
  await acks.sendStored();
  assertEquals(posted, []);
});

test("storing a batch also counts every earlier batch as stored", async () => {
  const { acks, give, posted } = acknowledger();
  give("A|1");
  const stored = give("B|1");
  give("C|1");
  await stored();
  await acks.sendStored();
  assertEquals(posted, ["A|1 B|1"]);
});

test("acks that belong to no batch wait until everything before them is stored", async () => {
  const { acks, give, posted } = acknowledger();
  const stored = give("A|1");
  acks.add(["C|now"]);
  await stored();
  await acks.sendStored();
  acks.add(["C|now"]);
  await acks.sendStored();
  assertEquals(posted, ["A|1", "C|now"]);
});

test("acks are due once ack.every events have been stored", async () => {
  const { acks, store } = acknowledger({ every: 3 });
  await store("A|2", 2);
  assert(!acks.isDue);
  await store("A|3");
  assert(acks.isDue);
  await acks.sendStored();
  assert(!acks.isDue);
  await store("A|5", 2);
  assert(!acks.isDue, "events that were acknowledged do not count again");
});

test("acks are due once ack.intervalMs has passed since the last request", async () => {
  const { acks, store, pass } = acknowledger({ intervalMs: 10 });
  pass(9);
  await store("A|1");
  assert(!acks.isDue);
  pass(1);
  assert(acks.isDue);
  await acks.sendStored();
  await store("A|2");
  assert(!acks.isDue);
});

test("acks are not due while there are no new events to acknowledge", () => {
  const { acks, pass } = acknowledger({ intervalMs: 10, every: 1 });
  pass(100);
  assert(!acks.isDue);
});

test('acks are sent only at the end of a complete stream if ack is "complete"', async () => {
  const { acks, store, posted, pass } = acknowledger("complete");
  await store("A|1", 100_000);
  pass(1e9);
  assert(!acks.isDue);
  await acks.sendStored();
  assertEquals(posted, []);
  await acks.sendAll("SyncCompleteV1|9");
  assertEquals(posted, ["A|1 SyncCompleteV1|9"]);
});

test("a checkpoint moves only if it receives a new row's ack", async () => {
  const { acks, store, moves } = acknowledger();
  await store("A|1");
  assert(await moves());
  await store("A|1");
  assert(!await moves(), "the same row again");
  await store("B|1");
  assert(await moves(), "another checkpoint");
  acks.add(["C|now"]);
  assert(!await moves(), "no row");
});

test("a reset drops pending acks, and a repeated row then moves its checkpoint again", async () => {
  const { acks, store, give, moves, posted } = acknowledger();
  await store("A|1");
  assert(await moves());
  await store("A|2");
  const voided = give("A|3");
  await acks.clear();
  await voided();
  assert(!await moves());
  await store("A|1");
  assert(await moves());
  assertEquals(posted, ["A|1", "A|1"]);
});

test("acks in a failed request stay pending", async () => {
  const { acks, store, moves, posted, answer } = acknowledger({ every: 1 });
  await store("A|1");
  answer(() => Promise.reject(new Error("offline")));
  await assertRejects(() => acks.sendStored());
  assert(acks.hasFailed && acks.isDue);
  answer(() => Promise.resolve());
  assert(await moves());
  assert(!acks.hasFailed && !acks.isDue);
  assertEquals(posted, ["A|1", "A|1"]);
});

test("ack requests are sent one at a time, and newer acks wait for the next request", async () => {
  const { acks, store, posted, answer } = acknowledger();
  const { resolve: arrive, promise: first } = later();
  answer(() => first);
  await store("A|1");
  await store("B|1");
  const requests = [acks.sendStored()];
  await turn();
  await store("A|2");
  requests.push(acks.sendStored());
  await turn();
  assertEquals(posted, ["A|1 B|1"]);
  arrive();
  await Promise.all(requests);
  assertEquals(posted, ["A|1 B|1", "A|2"]);
});

test("newer acks replace the acks in a failed request", async () => {
  const { acks, store, posted, answer } = acknowledger();
  const { resolve: fail, promise: first } = later();
  answer(() => first.then(() => Promise.reject(new Error("offline"))));
  await store("A|1");
  const request = acks.sendStored();
  await turn();
  await store("A|2");
  fail();
  await assertRejects(() => request);
  answer(() => Promise.resolve());
  await acks.sendStored();
  assertEquals(posted, ["A|1", "A|2"]);
});

test("a reset waits for the ack request in flight", async () => {
  const { acks, store, answer } = acknowledger();
  const { resolve: arrive, promise: first } = later();
  answer(() => first);
  await store("A|1");
  const request = acks.sendStored();
  let isCleared = false;
  const clearing = acks.clear().then(() => isCleared = true);
  await turn();
  assert(!isCleared);
  arrive();
  await Promise.all([request, clearing]);
});

test("a batch is acknowledged once it is stored, even after the run has ended", async () => {
  const { acks, give, posted } = acknowledger();
  const stored = give("A|1");
  acks.isOver = true;
  await stored();
  assertEquals(posted, ["A|1"]);
});

test("no acks are sent after an abort", async () => {
  const controller = new AbortController();
  const reason = new Error("shutting down");
  const { acks, give, posted } = acknowledger({}, controller.signal);
  const [first, second] = [give("A|1"), give("A|2")];
  await first();
  controller.abort(reason);
  assertEquals(await assertRejects(() => acks.sendStored()), reason);
  acks.isOver = true;
  await second();
  assertEquals(posted, []);
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { AckBuffer, type AckSchedule } from "../../src/sync/ack_buffer.ts";
import { later, turn } from "../support/events.ts";
import { test } from "../support/test.ts";

function buffer(schedule: Partial<AckSchedule> = {}) {
  let time = 0;
  const posted: string[] = [];
  let post = () => Promise.resolve();
  const acks = new AckBuffer({
    ackEvery: false,
    ackIntervalMs: false,
    ...schedule,
    now: () => time,
    post: (acks) => {
      posted.push(acks.join(" "));
      return post();
    },
  });
  const add = (ack: string, events = 1) =>
    acks.add(new Map([[ack.split("|")[0]!, ack]]), events, ack);
  return {
    acks,
    add,
    posted,
    pass: (ms: number) => time += ms,
    answer: (next: () => Promise<void>) => post = next,
  };
}

test("acks are sent in the order in which they came, the newest of each checkpoint", async () => {
  const { acks, add, posted } = buffer();
  for (const ack of ["A|1", "B|1", "A|2"]) add(ack);
  await acks.send("C|9");
  assertEquals(posted, ["B|1 A|2 C|9"]);
});

test("where there is nothing to send, there is no request", async () => {
  const { acks, posted } = buffer();
  assert(!await acks.send());
  assertEquals(posted, []);
});

test("acks are due after so many events", async () => {
  const { acks, add } = buffer({ ackEvery: 3 });
  add("A|2", 2);
  assert(!acks.due);
  add("A|3", 1);
  assert(acks.due);
  await acks.send();
  assert(!acks.due);
  add("A|5", 2);
  assert(!acks.due, "what was sent does not count again");
});

test("acks are due after some time, counted from the last ones", async () => {
  const { acks, add, pass } = buffer({ ackIntervalMs: 10 });
  pass(9);
  add("A|1");
  assert(!acks.due);
  pass(1);
  assert(acks.due);
  await acks.send();
  add("A|2");
  assert(!acks.due);
});

test("nothing is due where there is nothing to send", () => {
  const { acks, pass } = buffer({ ackIntervalMs: 10, ackEvery: 1 });
  pass(100);
  acks.add(new Map(), 5, "");
  assert(!acks.due);
});

test("a checkpoint has moved only if its row is another than before", async () => {
  const { acks, add } = buffer();
  add("A|1");
  assert(await acks.send());
  add("A|1");
  assert(!await acks.send(), "the same row again");
  add("B|1");
  assert(await acks.send(), "another checkpoint");
  acks.add(new Map([["C", "C|now"]]), 0, "");
  assert(!await acks.send(), "no row at all");
});

test("what is void is forgotten, what was acknowledged is not", async () => {
  const { acks, add, posted } = buffer();
  add("A|1");
  await acks.clear();
  await acks.send();
  assertEquals(posted, []);
  add("A|1");
  assert(await acks.send());
});

test("what fails stays pending, and is no progress", async () => {
  const { acks, add, posted, answer } = buffer();
  add("A|1");
  answer(() => Promise.reject(new Error("offline")));
  await assertRejects(() => acks.send());
  answer(() => Promise.resolve());
  assert(await acks.send());
  assertEquals(posted, ["A|1", "A|1"]);
});

test("one request follows the other, and what came meanwhile is not forgotten", async () => {
  const { acks, add, posted, answer } = buffer();
  const { resolve: arrive, promise: first } = later();
  answer(() => first);
  add("A|1");
  add("B|1");
  const sendings = [acks.send()];
  await turn();
  add("A|2");
  sendings.push(acks.send());
  await turn();
  assertEquals(posted, ["A|1 B|1"]);
  arrive();
  assertEquals(await Promise.all(sendings), [true, true]);
  assertEquals(posted, ["A|1 B|1", "A|2"]);
});

test("nothing is void before the request under way is over", async () => {
  const { acks, add, answer } = buffer();
  const { resolve: arrive, promise: first } = later();
  answer(() => first);
  add("A|1");
  const sending = acks.send();
  let cleared = false;
  const clearing = acks.clear().then(() => cleared = true);
  await turn();
  assert(!cleared);
  arrive();
  await Promise.all([sending, clearing]);
});

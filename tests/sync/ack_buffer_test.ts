import { assert, assertEquals } from "@std/assert";
import { AckBuffer, type AckSchedule } from "../../src/sync/ack_buffer.ts";
import { test } from "../support/test.ts";

function buffer(schedule: Partial<AckSchedule> = {}) {
  let time = 0;
  const acks = new AckBuffer({
    ackEvery: false,
    ackIntervalMs: false,
    ...schedule,
  }, () => time);
  const add = (ack: string, events = 1) =>
    acks.add(new Map([[ack.split("|")[0]!, ack]]), events, ack);
  return { acks, add, pass: (ms: number) => time += ms };
}

test("acks wait in the order in which they came, the newest of each checkpoint", () => {
  const { acks, add } = buffer();
  for (const ack of ["A|1", "B|1", "A|2"]) add(ack);
  assertEquals(acks.pending, ["B|1", "A|2"]);
});

test("acks are due after so many events", () => {
  const { acks, add } = buffer({ ackEvery: 3 });
  add("A|2", 2);
  assert(!acks.due);
  add("A|3", 1);
  assert(acks.due);
  acks.sent();
  assert(!acks.due);
});

test("acks are due after some time, counted from the last ones", () => {
  const { acks, add, pass } = buffer({ ackIntervalMs: 10 });
  pass(9);
  add("A|1");
  assert(!acks.due);
  pass(1);
  assert(acks.due);
  acks.sent();
  add("A|2");
  assert(!acks.due);
});

test("nothing is due where there is nothing to send", () => {
  const { acks, pass } = buffer({ ackIntervalMs: 10, ackEvery: 1 });
  pass(100);
  acks.add(new Map(), 5, "");
  assert(!acks.due);
});

test("a checkpoint has moved only if its row is another than before", () => {
  const { acks, add } = buffer();
  add("A|1");
  assert(acks.sent());
  add("A|1");
  assert(!acks.sent(), "the same row again");
  add("B|1");
  assert(acks.sent(), "another checkpoint");
  acks.add(new Map([["C", "C|now"]]), 0, "");
  assert(!acks.sent(), "no row at all");
});

test("what is void is forgotten, what was acknowledged is not", () => {
  const { acks, add } = buffer();
  add("A|1");
  acks.clear();
  assertEquals(acks.pending, []);
  add("A|1");
  assert(acks.sent());
});

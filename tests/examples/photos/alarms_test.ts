/** Alarms that are lost, overdue, early or extra. */
import { assertEquals } from "@std/assert";
import { test } from "../../support/test.ts";
import { Scene } from "./fake_storage.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STREAM = "POST /sync/stream";

const ALARMS: Record<string, (now: number) => number | null> = {
  "lost": () => null,
  "three days overdue": (now) => now - 3 * DAY_MS,
};

for (const [what, toAlarm] of Object.entries(ALARMS)) {
  test(`an alarm that is ${what} is set again`, async () => {
    await using it = new Scene();
    await it.signIn();
    const before = await it.wakeUp(HOUR_MS);
    await before.start();
    it.storage.alarm = toAlarm(it.now);
    const job = await it.wakeUp(HOUR_MS);
    assertEquals(it.storage.alarm, it.now);
    await it.fireAlarm(job);
    // The same happens while the copy waits for the next run, and on a click.
    it.now += 2 * HOUR_MS;
    it.storage.alarm = toAlarm(it.now);
    await it.wakeUp(HOUR_MS);
    assertEquals(it.storage.alarm, it.now);
    await job.start();
    it.storage.alarm = toAlarm(it.now);
    await job.start();
    assertEquals(it.storage.alarm, it.now);
  });
}

test("an alarm that is already set is kept", async () => {
  await using it = new Scene();
  await it.signIn();
  await it.syncNow(await it.wakeUp(HOUR_MS));
  const { alarm } = it.storage;
  it.now += 1;
  await it.wakeUp(HOUR_MS);
  assertEquals(it.storage.alarm, alarm);
});

test("an early or extra alarm does not start a run", async () => {
  await using it = new Scene();
  await it.signIn();
  const job = await it.wakeUp(HOUR_MS);
  await it.syncNow(job);
  const streams = it.count(STREAM);
  const { alarm } = it.storage;
  it.now += 10 * MINUTE_MS;
  await job.wake();
  assertEquals(it.storage.alarm, alarm);
  assertEquals(it.count(STREAM), streams);
});

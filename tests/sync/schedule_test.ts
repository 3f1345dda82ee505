/** When a full sync is due. */
import { assertEquals } from "@std/assert";
import { isFullSyncDue, lastFullSyncAt } from "../../src/sync/schedule.ts";
import { test } from "../support/test.ts";

test("a full sync is always due when it is requested", () => {
  assertEquals(isFullSyncDue(true, 0), true);
  assertEquals(isFullSyncDue("wipe", 0), true);
  assertEquals(isFullSyncDue(false, 0), false);
});

test("a scheduled full sync is due once its interval has passed", () => {
  const isDue = (lastFullAt: number | null | undefined, now: number) =>
    isFullSyncDue({ everyMs: 100, lastFullAt }, now);
  assertEquals(isDue(1000, 1000), false);
  assertEquals(isDue(1000, 1099), false);
  assertEquals(isDue(1000, 1100), true);
  assertEquals(isDue(0, 99), false);
});

test("a scheduled full sync is due if the last one's time is unknown or in the future", () => {
  for (const lastFullAt of [null, undefined, 1001]) {
    assertEquals(isFullSyncDue({ everyMs: 100, lastFullAt }, 1000), true);
  }
});

test("the time of the last full sync is known only from a schedule", () => {
  assertEquals(lastFullSyncAt({ everyMs: 100, lastFullAt: 0 }), 0);
  assertEquals(lastFullSyncAt({ everyMs: 100, lastFullAt: null }), undefined);
  assertEquals(lastFullSyncAt(true), undefined);
});

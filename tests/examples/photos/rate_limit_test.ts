/** Limits per minute. */
import { assertEquals } from "@std/assert";
import { RateLimit } from "../../../examples/photos/src/rate_limit.ts";
import { test } from "../../support/test.ts";
import { FakeStorage } from "./fake_storage.ts";

test("a limit allows a number of events per minute, separately for each name", async () => {
  let now = 1_000_000;
  const limit = new RateLimit(new FakeStorage(), () => now);
  const allowed = async (name: string) => {
    let count = 0;
    while (count < 9 && await limit.allows(name, 3)) count++;
    return count;
  };
  assertEquals(await limit.allows("a", 3), true);
  now += 59_000;
  assertEquals(await allowed("a"), 2);
  assertEquals(await allowed("b"), 3);
  now += 1_000;
  assertEquals(await allowed("a"), 1);
  now += 60_000;
  assertEquals(await allowed("a"), 3);
  // The clock has been set back.
  now -= 600_000;
  assertEquals(await allowed("a"), 3);
});

/** Limits per minute. */
import { assertEquals } from "@std/assert";
import { allows } from "../../../examples/photos/src/rate_limit.ts";
import { test } from "../../support/test.ts";
import { Scene } from "./fake_storage.ts";

test("a limit allows a number of events per minute, separately for each name", async () => {
  await using it = new Scene();
  const allowed = async (name: string) => {
    let count = 0;
    while (count < 9 && await allows(it.storage, name, 3)) count++;
    return count;
  };
  assertEquals(await allows(it.storage, "a", 3), true);
  it.now += 59_000;
  assertEquals(await allowed("a"), 2);
  assertEquals(await allowed("b"), 3);
  it.now += 1_000;
  assertEquals(await allowed("a"), 1);
  it.now += 60_000;
  assertEquals(await allowed("a"), 3);
  // The clock has been set back.
  it.now -= 600_000;
  assertEquals(await allowed("a"), 3);
});

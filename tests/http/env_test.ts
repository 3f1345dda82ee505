import { assertEquals } from "@std/assert";
import { SYSTEM } from "../../src/http/env.ts";
import { test } from "../support/test.ts";

test("sleep resolves after the given time, or rejects with the signal's reason", async () => {
  await SYSTEM.sleep(1);
  const controller = new AbortController();
  const slept = SYSTEM.sleep(60_000, controller.signal).catch((error) => error);
  controller.abort("enough");
  assertEquals(await slept, "enough");
  assertEquals(
    await SYSTEM.sleep(1, AbortSignal.abort("late")).catch((error) => error),
    "late",
  );
});

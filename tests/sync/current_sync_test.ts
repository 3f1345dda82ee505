import { assertEquals, assertStrictEquals } from "@std/assert";
import { AckSet } from "../../src/sync/checkpoint.ts";
import { CurrentSync } from "../../src/sync/current_sync.ts";
import { test } from "../support/test.ts";

test("checkpoints are explained by acks only in a full sync that resumes", () => {
  assertEquals(new CurrentSync().expectedAcks, undefined);
  const sent = new AckSet();
  const full = new CurrentSync(sent);
  full.fromZero = true;
  assertEquals(full.expectedAcks, undefined);
  full.fromZero = false;
  assertStrictEquals(full.expectedAcks, sent);
});

import { assertEquals } from "@std/assert";
import { Ledger } from "../../src/sync/ledger.ts";
import { test } from "../support/test.ts";

test("events are counted by their type, whatever its name", () => {
  const ledger = new Ledger(() => {});
  for (const type of ["constructor", "__proto__", "AssetV2", "constructor"]) {
    ledger.addStored(type, 2);
  }
  assertEquals(Object.entries(ledger.toResult(true, undefined).counts), [
    ["constructor", 4],
    ["__proto__", 2],
    ["AssetV2", 2],
  ]);
});

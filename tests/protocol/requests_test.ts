/** The protocol tables match the measured ones. */
import { assertEquals } from "@std/assert";
import { SYNC_REQUESTS } from "../../src/protocol/mod.ts";
import entities from "./entities.json" with { type: "json" };
import requests from "./requests.json" with { type: "json" };
import { test } from "../support/test.ts";

test("the table of request types matches the measured one, including its order", () => {
  const measured = Object.entries(requests.requests)
    .map(([type, { since, retired, entities }]) => {
      const info = retired === null
        ? { since, entities }
        : { since, retired, entities };
      return [type, info];
    });
  assertEquals(Object.entries(SYNC_REQUESTS) as unknown[], measured);
  assertEquals(measured.length, 27);
  assertEquals(Object.keys(entities.data).length, 59);
});

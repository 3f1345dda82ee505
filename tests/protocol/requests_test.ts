/** The protocol tables match the measured ones. */
import { assertEquals } from "@std/assert";
import { SYNC_REQUESTS } from "../../src/protocol/mod.ts";
import entities from "./entities.json" with { type: "json" };
import requests from "./requests.json" with { type: "json" };
import { test } from "../support/test.ts";

/**
 * Types that exist only on the server's main branch and are expected in 3.3.0.
 */
const UNRELEASED = {
  AuthUsersV2: { since: "3.3.0", entities: ["AuthUserV2"] },
  AssetFacesV3: {
    since: "3.3.0",
    entities: ["AssetFaceDeleteV1", "AssetFaceV3"],
  },
};

test("the table of request types matches what servers accept, including the order", () => {
  const measured = Object.entries(requests.requests)
    .map(([type, { since, retired, entities }]) => {
      const info = retired === null
        ? { since, entities }
        : { since, retired, entities };
      return [type, info];
    });
  const released = Object.entries(SYNC_REQUESTS)
    .filter(([type]) => !(type in UNRELEASED));
  assertEquals(released as unknown[], measured);
  assertEquals(measured.length, 27);
  assertEquals(Object.keys(entities.data).length, 59);
});

test("unreleased request types are known and directly follow the types they replace", () => {
  const { AuthUsersV2, AssetFacesV3 } = SYNC_REQUESTS;
  assertEquals({ AuthUsersV2, AssetFacesV3 } as unknown, UNRELEASED);
  const order = Object.keys(SYNC_REQUESTS);
  for (const type of ["AuthUsersV", "AssetFacesV"]) {
    const places = order.filter((name) => name.startsWith(type));
    assertEquals(places, places.toSorted());
    const first = order.indexOf(places[0]!);
    assertEquals(order.slice(first, first + places.length), places);
  }
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  checkpointOf,
  MAX_ACKS_PER_REQUEST,
  planAcks,
} from "../../src/sync/checkpoint.ts";
import { assertProperty } from "../support/property.ts";
import { test } from "../support/test.ts";

test("a checkpoint is the part of an ack before its first pipe", () => {
  assertEquals(checkpointOf("AssetV2|1"), "AssetV2");
  assertEquals(
    checkpointOf("AlbumAssetBackfillV2|1|complete"),
    "AlbumAssetBackfillV2",
  );
  assertEquals(checkpointOf("AssetV2|"), "AssetV2");
  assertEquals(checkpointOf("AssetV2"), "AssetV2");
  assertEquals(checkpointOf(""), "");
});

test("no request is sent if there is nothing to acknowledge", () => {
  assertEquals(planAcks([]), []);
  assertEquals(planAcks(["", "", "|1"]), []);
});

test("the newest ack for each checkpoint is sent, in order of arrival", () => {
  assertEquals(
    planAcks(["A|1", "B|1", "A|2", "C|1", "B|2", "A|2|complete"]),
    [["C|1", "B|2", "A|2|complete"]],
  );
});

test("the newest ack for a checkpoint is the last to arrive, not the greatest", () => {
  assertEquals(planAcks(["A|9", "A|1"]), [["A|1"]]);
});

test("the ack for a reset is sent alone, between the acks before and after it", () => {
  assertEquals(
    planAcks(["A|1", "SyncResetV1|reset", "B|1"]),
    [["A|1"], ["SyncResetV1|reset"], ["B|1"]],
  );
  assertEquals(planAcks(["SyncResetV1|reset"]), [["SyncResetV1|reset"]]);
});

test("the ack for SyncCompleteV1 is sent last, regardless of when it arrived", () => {
  assertEquals(
    planAcks(["A|1", "SyncCompleteV1|1", "B|1"]),
    [["A|1", "B|1", "SyncCompleteV1|1"]],
  );
  assertEquals(
    planAcks(["SyncCompleteV1|1", "SyncResetV1|reset"]),
    [["SyncResetV1|reset"], ["SyncCompleteV1|1"]],
  );
});

test("an ack request contains at most 1,000 acks, the maximum that servers accept", () => {
  const acks = Array.from({ length: 2_500 }, (_, i) => `T${i}|1`);
  const plan = planAcks(["SyncCompleteV1|1", ...acks]);
  assertEquals(plan.map((request) => request.length), [1000, 1000, 501]);
  assertEquals(plan.at(-1)?.at(-1), "SyncCompleteV1|1");
});

const ack = fc.tuple(
  fc.constantFrom(
    "AssetV2",
    "AlbumV2",
    "UserV1",
    "SyncResetV1",
    "SyncCompleteV1",
    "",
  ),
  fc.nat(5),
  fc.constantFrom("", "|", "|complete"),
).map(([type, id, extra]) => `${type}|${id}${extra}`);

test("planned ack requests follow every protocol rule for any acks", () => {
  assertProperty(
    fc.property(fc.array(ack), (acks) => {
      const plan = planAcks(acks);
      const sent = plan.flat();
      const checkpoints = acks.map(checkpointOf);

      const wanted = new Set(checkpoints.filter((name) => name !== ""));
      assertEquals(
        sent.map(checkpointOf).sort(),
        [...wanted].sort(),
        "each checkpoint once",
      );
      for (const token of sent) {
        const newest = checkpoints.lastIndexOf(checkpointOf(token));
        assertEquals(token, acks[newest], "its newest ack");
      }
      const others = sent.filter((token) =>
        checkpointOf(token) !== "SyncCompleteV1"
      );
      const places = others.map((token) => acks.lastIndexOf(token));
      assertEquals(
        places,
        places.toSorted((a, b) => a - b),
        "in order of arrival",
      );
      for (const request of plan) {
        assert(request.length > 0 && request.length <= MAX_ACKS_PER_REQUEST);
        const reset = request.some((token) => token.startsWith("SyncResetV1|"));
        assert(!reset || request.length === 1, "a reset goes alone");
      }
      const complete = sent.findIndex((token) =>
        token.startsWith("SyncCompleteV1|")
      );
      assert(
        complete === -1 || complete === sent.length - 1,
        "complete goes last",
      );
    }),
  );
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { AckedBatch } from "../../src/sync/batch.ts";
import { BatchBuilder } from "../../src/sync/batch_builder.ts";
import { AckSet, checkpointOf, planAcks } from "../../src/sync/checkpoint.ts";
import type { SyncEvent } from "../../mod.ts";
import { assertProperty } from "../support/property.ts";
import { test } from "../support/test.ts";

function event(type: string, ack: string): SyncEvent {
  return { type, data: {}, ack } as unknown as SyncEvent;
}

/** Builds batches of at most two events. */
function build(
  ...events: SyncEvent[]
): { batches: AckedBatch[]; rest: string[] } {
  const builder = new BatchBuilder(2);
  const batches = events.map((event) => builder.add(event)).filter((batch) =>
    batch !== undefined
  );
  const last = builder.take();
  if (last !== undefined) batches.push(last);
  return { batches, rest: [...builder.acks.values()] };
}

const summary = ({ batches }: ReturnType<typeof build>) =>
  batches.map(({ type, events, acks }) =>
    `${type}×${events.length} ${[...acks.values()]}`
  );

test("consecutive events of one type form a batch, up to its size", () => {
  const built = build(
    event("A", "A|1"),
    event("A", "A|2"),
    event("A", "A|3"),
    event("B", "B|1"),
    event("A", "A|4"),
  );
  assertEquals(summary(built), ["A×2 A|2", "A×1 A|3", "B×1 B|1", "A×1 A|4"]);
});

test("an ack without a row belongs to everything before it and is not an event", () => {
  const built = build(
    event("A", "A|1"),
    event("SyncAckV1", "C|now"),
    event("B", "B|1"),
    event("SyncAckV1", "A|complete"),
  );
  assertEquals(summary(built), ["A×1 A|1,C|now", "B×1 B|1,A|complete"]);
});

test("acks before any row join the first batch, or are left at the end", () => {
  assertEquals(summary(build(event("SyncAckV1", "C|now"), event("A", "A|1"))), [
    "A×1 C|now,A|1",
  ]);
  assertEquals(build(event("SyncAckV1", "C|now")).rest, ["C|now"]);
});

test("the newest ack for each checkpoint is kept, in order of arrival", () => {
  const built = build(
    event("A", "A|1"),
    event("SyncAckV1", "B|1"),
    event("A", "A|2"),
  );
  assertEquals(summary(built), ["A×2 B|1,A|2"]);
});

test("a row without an ack still belongs to a batch", () => {
  assertEquals(summary(build(event("A", ""), event("A", ""))), ["A×2 "]);
});

test("batches carry the same acks as their events at any batch size", () => {
  const type = fc.constantFrom("A", "B", "SyncAckV1");
  const ack = fc.tuple(fc.constantFrom("A", "B", "C"), fc.nat(3)).map((
    [a, b],
  ) => `${a}|${b}`);
  assertProperty(
    fc.property(fc.array(fc.tuple(type, ack)), (pairs) => {
      const events = pairs.map(([type, ack]) => event(type, ack));
      const { batches, rest } = build(...events);
      const rows = events.filter(({ type }) =>
        (type as string) !== "SyncAckV1"
      );
      assertEquals(batches.flatMap(({ events }) => events), rows);
      for (const { type, events } of batches) {
        assert(events.length > 0 && events.length <= 2);
        assert(events.every((event) => event.type === type));
      }
      const acks = new AckSet();
      for (const batch of batches) acks.addAll(batch.acks.values());
      acks.addAll(rest);
      assertEquals(
        planAcks(acks.values()),
        planAcks(events.map(({ ack }) => ack)),
      );
    }),
  );
});

test("a batch never carries the ack for a row that comes after it", () => {
  const type = fc.constantFrom("A", "B", "SyncAckV1");
  assertProperty(
    fc.property(fc.array(type), (types) => {
      const events = types.map((type, i) =>
        event(type, `${type === "SyncAckV1" ? "C" : type}|${i}`)
      );
      const { batches } = build(...events);
      let rows = 0;
      for (const batch of batches) {
        rows += batch.events.length;
        const nextRow = events.filter(({ type }) =>
          (type as string) !== "SyncAckV1"
        )[rows];
        const limit = nextRow === undefined
          ? events.length
          : events.indexOf(nextRow);
        for (const ack of batch.acks.values()) {
          assert(
            Number(ack.split("|")[1]) < limit,
            `${ack} comes at ${limit} or later`,
          );
          assertEquals(checkpointOf(ack).length, 1);
        }
      }
    }),
  );
});

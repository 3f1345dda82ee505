import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { AckedBatch } from "../../src/sync/batch.ts";
import { AckSet, checkpointOf, planAcks } from "../../src/sync/checkpoint.ts";
import { readAhead } from "../../src/sync/read_ahead.ts";
import type { SyncEvent } from "../../mod.ts";
import { assertProperty } from "../support/property.ts";
import { test } from "../support/test.ts";

function event(type: string, ack: string): SyncEvent {
  return { type, data: {}, ack } as unknown as SyncEvent;
}

/** Reads batches of at most two events. */
function build(...events: SyncEvent[]) {
  return buildBatches(2, events);
}

async function buildBatches(
  batchSize: number,
  events: SyncEvent[],
): Promise<{ batches: AckedBatch[]; rest: string[] }> {
  const stream = new ReadableStream<SyncEvent>({
    start(controller) {
      for (const event of events) controller.enqueue(event);
      controller.close();
    },
  });
  const reader = readAhead(stream, { batchSize, maxPauseMs: false });
  const batches: AckedBatch[] = [];
  for (let next; "events" in (next = await reader.next());) batches.push(next);
  await reader.close();
  return { batches, rest: [...reader.acks().values()] };
}

const summary = ({ batches }: Awaited<ReturnType<typeof build>>) =>
  batches.map(({ type, events, acks }) =>
    `${type}×${events.length} ${[...acks.values()]}`
  );

test("consecutive events of one type form a batch of at most batchSize events", async () => {
  const built = await build(
    event("A", "A|1"),
    event("A", "A|2"),
    event("A", "A|3"),
    event("B", "B|1"),
    event("A", "A|4"),
  );
  assertEquals(summary(built), ["A×2 A|2", "A×1 A|3", "B×1 B|1", "A×1 A|4"]);
});

test("a batchSize that is not a whole number is rounded down", async () => {
  const events = ["A|1", "A|2", "A|3"].map((ack) => event("A", ack));
  const built = await buildBatches(2.5, events);
  assertEquals(summary(built), ["A×2 A|2", "A×1 A|3"]);
});

test("a batch is full after four megabytes, regardless of batchSize", async () => {
  const MB = 1024 * 1024;
  let bytes = 100 * MB;
  const stream = new ReadableStream<SyncEvent>({
    pull(controller) {
      bytes += MB;
      controller.enqueue(event("A", `A|${bytes}`));
      if (bytes === 109 * MB) controller.close();
    },
  }, { highWaterMark: 0 });
  const reader = readAhead(stream, {
    batchSize: 1000,
    bytes: () => bytes,
    maxPauseMs: false,
  });
  const sizes: number[] = [];
  for (let next; "events" in (next = await reader.next());) {
    sizes.push(next.events.length);
  }
  await reader.close();
  assertEquals(sizes, [3, 4, 2]);
});

test("an ack without a row joins the preceding batch and is not an event", async () => {
  const built = await build(
    event("A", "A|1"),
    event("SyncAckV1", "C|now"),
    event("B", "B|1"),
    event("SyncAckV1", "A|complete"),
  );
  assertEquals(summary(built), ["A×1 A|1,C|now", "B×1 B|1,A|complete"]);
});

test("acks before the first row join its batch, or are left over if no row arrives", async () => {
  assertEquals(
    summary(await build(event("SyncAckV1", "C|now"), event("A", "A|1"))),
    [
      "A×1 C|now,A|1",
    ],
  );
  const { rest } = await build(event("SyncAckV1", "C|now"));
  assertEquals(rest, ["C|now"]);
});

test("the newest ack for each checkpoint is kept, in order of arrival", async () => {
  const built = await build(
    event("A", "A|1"),
    event("SyncAckV1", "B|1"),
    event("A", "A|2"),
  );
  assertEquals(summary(built), ["A×2 B|1,A|2"]);
});

test("a row without an ack is still part of a batch", async () => {
  assertEquals(summary(await build(event("A", ""), event("A", ""))), ["A×2 "]);
});

test("batches carry exactly the acks of their events at any batch size", async () => {
  const type = fc.constantFrom("A", "B", "SyncAckV1");
  const ack = fc.tuple(fc.constantFrom("A", "B", "C"), fc.nat(3)).map((
    [a, b],
  ) => `${a}|${b}`);
  await assertProperty(
    fc.asyncProperty(fc.array(fc.tuple(type, ack)), async (pairs) => {
      const events = pairs.map(([type, ack]) => event(type, ack));
      const { batches, rest } = await build(...events);
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

test("a batch never carries the ack for a later row", async () => {
  const type = fc.constantFrom("A", "B", "SyncAckV1");
  await assertProperty(
    fc.asyncProperty(fc.array(type), async (types) => {
      const events = types.map((type, i) =>
        event(type, `${type === "SyncAckV1" ? "C" : type}|${i}`)
      );
      const { batches } = await build(...events);
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

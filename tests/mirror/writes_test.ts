/** Writes stay within the limits of the most restrictive database. */
import { assert, assertEquals } from "@std/assert";
import type { SyncAssetV2, SyncBatch } from "../../mod.ts";
import type { SqlStatement } from "../../src/mirror/mod.ts";
import { Writer } from "../../src/mirror/writes.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { test } from "../support/test.ts";

const database = { batch() {}, all: () => [] };

const writer = new Writer(database);
const jsonWriter = new Writer({ ...database, rowsAs: "json" });

const parameters = (batch: SyncBatch) => writer.store(batch, 1).statements;
const json = (batch: SyncBatch) => jsonWriter.store(batch, 1).statements;

/**
 * Creates a batch of assets. The file name determines the size of each asset.
 */
function assets(count: number, name = "a.jpg"): SyncBatch {
  const { library } = new FakeImmich();
  const events = Array.from({ length: count }, () => ({
    type: "AssetV2" as const,
    data: library.addAsset({ originalFileName: name }),
    ack: "AssetV2|1",
  }));
  return { type: "AssetV2", events };
}

const lengthOf = (statements: SqlStatement[]) =>
  statements.map(({ params }) => params.length);

test("a mirror's SQL statements have at most 100 parameters and 100 KB each", () => {
  const statements = parameters(assets(1000));
  assert(Math.max(...lengthOf(statements)) <= 100);
  for (const { sql } of statements) assert(sql.length < 100_000);
  const questions = statements.map(({ sql }) => sql.split("?").length - 1);
  assertEquals(questions, lengthOf(statements));
  assertEquals(new Set(statements.map(({ sql }) => sql)).size, 1);
});

test("rows passed to SQLite as JSON need only one parameter in one statement", () => {
  assertEquals(lengthOf(json(assets(1000))), [1]);
});

test("a JSON parameter is never larger than 2 MB", () => {
  const statements = json(assets(1000, "€".repeat(2000)));
  assert(statements.length > 1);
  const encoder = new TextEncoder();
  for (const { params: [text] } of statements) {
    assert(encoder.encode(String(text)).length < 2_000_000);
  }
  const rows = statements.flatMap(({ params: [text] }) =>
    JSON.parse(String(text))
  );
  assertEquals(rows.length, 1000);
});

test("two rows that together exceed 2 MB are passed as two JSON parameters", () => {
  const statements = json(assets(2, "€".repeat(400_000)));
  assertEquals(lengthOf(statements), [1, 1]);
  for (const { params: [text] } of statements) {
    assert(new TextEncoder().encode(String(text)).length < 2_000_000);
  }
});

test("deletes stay within the limits of an SQL statement", () => {
  const events = Array.from({ length: 1000 }, (_, i) => ({
    type: "AlbumToAssetDeleteV1" as const,
    data: { albumId: "album", assetId: `asset-${i}` },
    ack: "AlbumToAssetDeleteV1|1",
  }));
  const batch: SyncBatch = { type: "AlbumToAssetDeleteV1", events };
  const statements = parameters(batch);
  assert(Math.max(...lengthOf(statements)) <= 100);
  // One statement finds the rows whose removal is implied, and the other
  // deletes them.
  assertEquals(lengthOf(json(batch)), [1, 1]);
});

test("many partners' assets stay within D1's limit of 50 statements", () => {
  const events = assets(200).events.map(({ data, ack }, i) => ({
    type: "PartnerAssetV2" as const,
    data: { ...data as SyncAssetV2, ownerId: `partner-${i}` },
    ack,
  }));
  const statements = json({ type: "PartnerAssetV2", events });
  // Two statements record new shares and their owners; the third stores the
  // assets.
  assertEquals(lengthOf(statements), [1, 1, 1]);
});

test("a video's duration in either wire format is stored in milliseconds", () => {
  const lengths: Record<string, number | null> = {
    "00:00:01.500": 1500,
    "01:02:03": 3_723_000,
    "0:00:00.00000": 0,
    "no length": null,
  };
  for (const [duration, milliseconds] of Object.entries(lengths)) {
    const { type: _, events: [event] } = assets(1);
    const data = { ...event!.data as object, duration } as never;
    const batch: SyncBatch = {
      type: "AssetV1",
      events: [{ type: "AssetV1", data, ack: "" }],
    };
    const [{ params }] = parameters(batch) as [SqlStatement];
    assertEquals(params[11], milliseconds);
  }
});

/** Events become rows, or are skipped and counted. */
import { assert, assertEquals } from "@std/assert";
import { SYNC_REQUESTS } from "../../src/protocol/mod.ts";
import { tableOf } from "../../src/mirror/entities.ts";
import { REMOVALS } from "../../src/mirror/removals.ts";
import { TABLE_NAMES, TABLES } from "../../src/mirror/tables.ts";
import { type Column, columnsOf, toRow } from "../../src/mirror/values.ts";
import { isScalar, keyFields } from "../../src/stream/row_check.ts";
import { test } from "../support/test.ts";
import { openFixture } from "./fixture.ts";

/**
 * Returns the stored form of a value, or the reason why the value is not
 * stored.
 */
function stored(type: Column["type"], value: unknown): unknown {
  const row = toRow({ value }, [{ field: "value", type, isKey: false }]);
  if (row === undefined) return "skipped row";
  return row.skippedValues > 0 ? "skipped value" : row.values[0];
}

/** Creates an array inside an array, and so on. */
function nested(depth: number): unknown {
  let value: unknown = [];
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

test("a row without its key, or with an object as its key, is not stored", () => {
  const columns = columnsOf("albums");
  for (const id of [undefined, null, {}, []]) {
    assertEquals(toRow({ id, name: "a" }, columns), undefined);
  }
  assertEquals(toRow({ id: "a" }, columns, 10_000)?.skippedValues, 0);
});

test("a mirror stores each value in its column's type", () => {
  const values: [Column["type"], unknown, unknown][] = [
    ["text", "a", "a"],
    ["text", 5, "5"],
    ["text", { a: 1 }, '{"a":1}'],
    ["text", "a\0\ud800", "a\ufffd\ufffd"],
    ["integer", "4000", 4000],
    ["integer", 2 ** 53 - 1, 2 ** 53 - 1],
    ["integer", 2 ** 53, "skipped value"],
    ["integer", "9223372036854775807", "skipped value"],
    ["integer", "wide", "skipped value"],
    ["integer", "", "skipped value"],
    ["integer", {}, "skipped row"],
    ["integer", [5], "skipped row"],
    ["real", 1e300, 1e300],
    ["real", JSON.parse("1e400"), "skipped value"],
    ["real", { valueOf: 1 }, "skipped row"],
    ["boolean", true, 1],
    ["boolean", 1, 1],
    ["boolean", "true", 1],
    ["boolean", false, 0],
    ["boolean", 0, 0],
    ["boolean", "0", 0],
    ["boolean", 2, "skipped value"],
    ["boolean", [], "skipped row"],
    ["json", [1, "\0"], '[1,"\\u0000"]'],
    ["milliseconds", "0:00:01.500", 1500],
    ["milliseconds", 1500, 1500],
    ["milliseconds", {}, "skipped row"],
    ["milliseconds", 1e20, "skipped value"],
    ["milliseconds", "1:2", "skipped value"],
    ["milliseconds", `${"9".repeat(15)}:00:00`, "skipped value"],
    ["json", nested(2_000), "skipped row"],
    ["text", nested(2_000), "skipped row"],
  ];
  for (const [type, value, expected] of values) {
    const name = `${type} ${JSON.stringify(value)}`;
    assertEquals(stored(type, value), expected, name);
  }
  assert(Object.is(stored("real", -0), 0), "-0 is stored as 0");
});

test("a row that is too large for a mirror loses its largest values until it fits", () => {
  const columns = columnsOf("albums");
  const album = {
    ...{ id: "a", name: "n".repeat(600), description: "d".repeat(700) },
    order: "asc",
  };
  const lengths = (maxBytes: number) => {
    const row = toRow(album, columns, maxBytes);
    const [id, name, description] = (row?.values ?? [])
      .map((value) => String(value ?? "").length);
    return [id, name, description, row?.skippedValues];
  };
  const bytes = JSON.stringify(toRow(album, columns)!.values).length;
  assertEquals(lengths(bytes), [1, 600, 700, 0]);
  assertEquals(lengths(bytes - 1), [1, 600, 0, 1]);
  assertEquals(lengths(600), [1, 0, 0, 2]);
  assertEquals(
    toRow({ ...album, id: "i".repeat(800) }, columns, 700),
    undefined,
  );
});

test("the size of a mirror row is the size of its JSON in UTF-8", () => {
  const columns = columnsOf("albums");
  for (const text of ["€", "\u0001", '"', "\ud83d\ude00"]) {
    const album = { id: "a", name: text.repeat(300) };
    const json = JSON.stringify(toRow(album, columns)!.values);
    const bytes = new TextEncoder().encode(json).length;
    assertEquals(toRow(album, columns, bytes)?.skippedValues, 0, text);
    assertEquals(toRow(album, columns, bytes - 1)?.skippedValues, 1, text);
  }
});

test("a stream's row check covers exactly the keys and numbers stored by a mirror", () => {
  const types = Object.values(SYNC_REQUESTS).flatMap(({ entities }) =>
    entities
  );
  for (const type of types) {
    const table = tableOf(type);
    const key: readonly string[] = table
      ? TABLES[table].key
      : REMOVALS[type as keyof typeof REMOVALS].fields;
    assertEquals(keyFields(type), key, type);
  }
  for (const { field, type } of TABLE_NAMES.flatMap(columnsOf)) {
    assertEquals(isScalar(field), type !== "text" && type !== "json", field);
  }
});

test("a mirror skips a bad row, counts it once, and stores all other rows", async () => {
  const { server, sync, mirror, column } = await openFixture();
  const bob = server.library.addUser({ email: "bob@immich.test" });
  const library = server.library.as(bob.id);
  const [bad] = [1, 2].map(() => library.addAsset().id);
  library.addPartner(server.user.id);
  const width: unknown = { toString: 1, valueOf: 1 };
  library.updateAsset(bad!, { width: width as number });
  const own = server.library.addAsset();
  for (let run = 0; run < 2; run++) {
    const { complete, skipped } = await sync({ batchSize: 1 });
    assert(complete);
    assertEquals(skipped, 0);
    const { rows, skippedRows, skippedValues } = await mirror.status();
    assertEquals(rows.assets, 2);
    assertEquals(skippedRows, { PartnerAssetV2: 1 });
    assertEquals(skippedValues, {});
  }
  assertEquals((await column("SELECT id FROM assets")).includes(own.id), true);
  assertEquals((await sync()).counts, {});
  assert((await mirror.check()).ok);
  library.updateAsset(bad!, { width: 4000 });
  await sync({ full: true });
  const { rows, skippedRows } = await mirror.status();
  assertEquals([rows.assets, skippedRows], [3, {}]);
});

test("a mirror does not count skipped rows again if their batch is repeated", async () => {
  const { server, sync, mirror } = await openFixture();
  const { id } = server.library.addAsset();
  server.library.updateAsset(id, { width: [] as unknown as number });
  server.library.updateExif(id, { fileSizeInByte: 2 ** 60 });
  server.inject({ type: "status", status: 500, on: "ack", times: 99 });
  await sync({ retry: { attempts: 1 } }).catch(() => {});
  server.clearFaults();
  await sync();
  const { skippedRows, skippedValues } = await mirror.status();
  assertEquals(skippedRows, { AssetV2: 1 });
  assertEquals(skippedValues, { AssetExifV1: 1 });
});

test("an audit ignores rows that were skipped by the mirror", async () => {
  const { server, session, sync, mirror } = await openFixture();
  const { id } = server.library.addAsset();
  server.library.updateAsset(id, { width: {} as number });
  server.library.updateExif(id, { fileSizeInByte: 2 ** 60 });
  await sync();
  const { fetch } = server;
  const { missing, extra, different } = await mirror.audit(session, { fetch });
  assertEquals([missing, extra, different], [[], [], []]);
});

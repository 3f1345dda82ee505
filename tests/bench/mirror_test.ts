/** All variants in the mirror bench store the same rows. */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { generateBatches, type Samples } from "../../bench/mirror/rows.ts";
import {
  makeTables,
  storeByHand,
  storeInMirror,
} from "../../bench/mirror/ways.ts";
import { sqlite } from "../../src/mirror/mod.ts";
import { test } from "../support/test.ts";
import { linesOf, transcript } from "../support/transcripts.ts";

test("the mirror and the bench's hand-written loop store the same rows", async () => {
  const lines = linesOf(
    await transcript("3.1.0/03-sync-admin/002-initial-all"),
  ) as { type: string; data: object }[];
  const samplesOf = (type: string) =>
    lines.filter((line) => line.type === type).map(({ data }) => data);
  const samples = {
    assets: samplesOf("AssetV2"),
    exifs: samplesOf("AssetExifV1"),
  } as Samples;
  const batches = [...generateBatches(samples, 2_000)];
  const [byHand, mirrored] = [1, 2].map(() => new DatabaseSync(":memory:"));
  await makeTables(sqlite(byHand!));
  storeByHand(byHand!, batches);
  await makeTables(sqlite(mirrored!));
  await storeInMirror(sqlite(mirrored!), batches);
  for (const table of ["assets", "exif"]) {
    const [rows, same] = [byHand!, mirrored!].map((database) => {
      const rows = database.prepare(`SELECT * FROM ${table}`).all();
      // The hand-written loop stores everything as one batch.
      return rows.map(({ batch_number: _, ...row }) => row);
    });
    assertEquals(rows!.length, 2_000);
    assertEquals(same, rows);
  }
});

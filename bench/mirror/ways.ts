/**
 * The ways of storing rows that the bench compares.
 *
 * @module
 */
import type { SyncRequestType } from "../../mod.ts";
import {
  createMirror,
  type DurableObjectStorage,
  type MirrorDatabase,
  type SqliteDatabase,
  type SqlValue,
} from "../../src/mirror/mod.ts";
import { SYSTEM } from "../../src/http/mod.ts";
import { withNames } from "../../src/mirror/names.ts";
import { MirrorProcessor } from "../../src/mirror/processor.ts";
import { insertAll, INSERTS } from "./by_hand.ts";
import type { Batch } from "./rows.ts";

/** The owner of the samples. */
const USER_ID = "f4de5f83-24a7-4e49-b4c8-4fb8cff113c5";

/** Creates the tables before the measurement starts. */
export async function makeTables(database: MirrorDatabase): Promise<void> {
  await createMirror(database, { userId: USER_ID });
}

/** Stores batches as a run does, including the lease and the state. */
export async function storeInMirror(
  database: MirrorDatabase,
  batches: Iterable<Batch>,
): Promise<void> {
  const options = { userId: USER_ID, leaseMs: 30_000 };
  const named = withNames(database, options);
  const processor = new MirrorProcessor(named, options, SYSTEM);
  const types: SyncRequestType[] = ["AssetsV2", "AssetExifsV1"];
  const start = { full: false, startedAt: 0, types };
  await processor.begin(start);
  for (const batch of batches) await processor.process(batch);
  await processor.end({ ...start, quiet: true, snapshot: false });
}

/** Stores rows by hand: one prepared statement per type, and one transaction for all rows. */
export function storeByHand(
  database: SqliteDatabase,
  batches: Iterable<Batch>,
): void {
  const statements: Record<
    Batch["type"],
    { run(...values: SqlValue[]): unknown }
  > = {
    AssetV2: database.prepare(INSERTS.AssetV2),
    AssetExifV1: database.prepare(INSERTS.AssetExifV1),
  };
  database.exec("BEGIN");
  insertAll(batches, (type, values) => statements[type].run(...values));
  database.exec("COMMIT");
}

/** Stores rows by hand in a Durable Object. */
export function storeByHandInObject(
  storage: DurableObjectStorage,
  batches: Iterable<Batch>,
): void {
  storage.transactionSync(() =>
    insertAll(batches, (type, values) => {
      storage.sql.exec(INSERTS[type], ...values);
    })
  );
}

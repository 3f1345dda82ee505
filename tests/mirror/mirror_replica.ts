/**
 * A mirror as a replica for the model test, compared with the server row by
 * row.
 */
import { assert } from "@std/assert";
import type {
  Mirror,
  MirrorDatabase,
  MirrorTable,
} from "../../src/mirror/mod.ts";
import { openMirror } from "../../src/mirror/create_mirror.ts";
import { withNames } from "../../src/mirror/names.ts";
import { MirrorProcessor } from "../../src/mirror/processor.ts";
import type { Snapshot, SnapshotTable } from "../../src/testing/mod.ts";
import type { ReplicaFactory } from "../model/replica.ts";
import { testEnv } from "../support/env.ts";
import { assertSameRows } from "../support/snapshots.ts";
import { keyOf } from "./keys.ts";

/** Table in a snapshot → table in a mirror. */
const TABLES: Record<SnapshotTable, MirrorTable> = {
  authUsers: "auth_users",
  users: "users",
  userMetadata: "user_metadata",
  partners: "partners",
  assets: "assets",
  exifs: "exif",
  edits: "asset_edits",
  assetMetadata: "asset_metadata",
  ocr: "asset_ocr",
  stacks: "stacks",
  albums: "albums",
  albumUsers: "album_users",
  albumAssets: "album_assets",
  memories: "memories",
  memoryAssets: "memory_assets",
  people: "people",
  faces: "faces",
};

type Row = Record<string, unknown>;

/** Keeps a mirror in a database. After each crash, the database is reopened. */
export function inMirror(
  open: () => MirrorDatabase,
  prefix = "",
): ReplicaFactory {
  return async (userId, now) => {
    const database = open();
    const options = { userId, prefix, leaseMs: 30_000 };
    const named = withNames(database, options);
    const mirror = await openMirror(database, options, testEnv({ now }));
    const reopen = () => new MirrorProcessor(named, options, testEnv({ now }));
    let processor = reopen();
    return {
      processor: {
        process: (batch) => processor.process(batch),
        flush: () => processor.flush(),
        begin: (start) => processor.begin(start),
        end: (end) => processor.end(end),
        reset: () => processor.reset(),
      },
      restart() {
        processor = reopen();
      },
      read: () => readMirror(mirror, prefix),
      expects: toKept,
      check: () => assertOk(mirror),
    };
  };
}

/**
 * Compares each row of a mirror with the same row in a snapshot of the server.
 */
export async function assertMirrors(
  mirror: Mirror,
  snapshot: Snapshot,
  prefix = "",
): Promise<void> {
  assertSameRows(await readMirror(mirror, prefix), toKept(snapshot));
  await assertOk(mirror);
}

async function assertOk(mirror: Mirror): Promise<void> {
  const check = await mirror.check();
  assert(check.ok, JSON.stringify(check));
}

/** Returns a mirror's rows, with the protocol's field names. */
async function readMirror(mirror: Mirror, prefix: string): Promise<Snapshot> {
  const tables: [string, Map<string, object>][] = [];
  for (const [name, table] of Object.entries(TABLES)) {
    const rows = await mirror.query<Row>(`SELECT * FROM ${prefix}${table}`);
    const keyed = rows.map((row) =>
      [keyOf(table, row), toFields(row)] as const
    );
    tables.push([name, new Map(keyed)]);
  }
  return Object.fromEntries(tables) as Snapshot;
}

function toFields({ batch_number: _, ...row }: Row): Row {
  const entries = Object.entries(row).filter(([, value]) => value !== null)
    .map(([column, value]) => [
      column.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
      value,
    ]);
  return Object.fromEntries(entries);
}

/** Converts a server's rows to the form stored in a mirror. */
function toKept(snapshot: Snapshot): Snapshot {
  const kept = Object.entries(snapshot).map(([name, rows]) => {
    const entries = Array.from(
      rows as Map<string, Row>,
      ([key, row]) => [key, toKeptRow(row)] as const,
    );
    return [name, new Map(entries)];
  });
  const tables: Snapshot = Object.fromEntries(kept);
  // Servers up to 2.x send an album's owner only as part of the album.
  for (const { id, ownerId } of snapshot.albums.values() as Iterable<Row>) {
    if (ownerId === undefined) continue;
    const owner = { albumId: id, userId: ownerId, role: "owner" };
    tables.albumUsers.set(`${id}/${ownerId}`, owner);
  }
  return tables;
}

function toKeptRow(row: Row): Row {
  const { pinCode: _, oauthId: __, ...rest } = row;
  // Servers up to 2.5 do not say whether a face is visible.
  const isFace = "boundingBoxX1" in row;
  const known: Row = isFace ? { isVisible: true, ...rest } : rest;
  // A mirror stores an album's owner as one of the album's users.
  if ("isActivityEnabled" in known) delete known.ownerId;
  const entries = Object.entries(known).map(([field, value]) => [
    field,
    field === "duration" ? toDuration(value) : toColumn(value),
  ]).filter(([, value]) => value !== null);
  return Object.fromEntries(entries);
}

function toColumn(value: unknown): unknown {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "object" && value !== null
    ? JSON.stringify(value)
    : value;
}

function toDuration(value: unknown): unknown {
  return typeof value === "string" ? Date.parse(`1970-01-01T${value}Z`) : value;
}

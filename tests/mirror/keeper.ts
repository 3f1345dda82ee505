/** A mirror as a keeper of the model, compared row by row with what the server holds. */
import { assert, assertEquals } from "@std/assert";
import {
  createMirror,
  type Mirror,
  type MirrorDatabase,
  type MirrorTable,
} from "../../src/mirror/mod.ts";
import type { Snapshot, SnapshotTable } from "../../src/testing/mod.ts";
import type { KeeperFactory } from "../model/keeper.ts";

/** Where the rows of a snapshot are in a mirror. */
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

/** Keeps a mirror in a database, which is opened anew after each crash. */
export function inMirror(open: () => MirrorDatabase): KeeperFactory {
  return async (userId, now) => {
    const database = open();
    let mirror = await createMirror(database, { userId, now });
    return {
      processor: {
        process: (batch) => mirror.process(batch),
        begin: (pass) => mirror.begin(pass),
        end: () => mirror.end(),
        reset: () => mirror.reset(),
      },
      async restart() {
        mirror = await createMirror(database, { userId, now });
      },
      assertHolds: (snapshot) => assertMirrors(mirror, snapshot),
    };
  };
}

/** Compares each row of a mirror with what the server holds for its user. */
export async function assertMirrors(
  mirror: Mirror,
  snapshot: Snapshot,
): Promise<void> {
  for (const [name, table] of Object.entries(TABLES)) {
    const expected = [...snapshot[name as SnapshotTable].values()] as Row[];
    if (table === "album_users") expected.push(...ownersIn(snapshot));
    const rows = await mirror.query<Row>(`SELECT * FROM ${table}`);
    assertEquals(toSet(rows), toSet(expected.map(toRow)), table);
  }
  const check = await mirror.check();
  assert(check.ok, JSON.stringify(check));
}

/** Servers up to 2.x name the owner of an album in the album alone. */
function ownersIn({ albums }: Snapshot): Row[] {
  return ([...albums.values()] as { id: string; ownerId?: string }[])
    .filter(({ ownerId }) => ownerId !== undefined)
    .map(({ id, ownerId }) => ({
      albumId: id,
      userId: ownerId,
      role: "owner",
    }));
}

/** Rows as texts, in which the order of columns does not matter, nor what is not there. */
function toSet(rows: Row[]): Set<string> {
  const texts = rows.map(({ pass: _, ...row }) => {
    const fields = Object.entries(row).filter(([, value]) => value !== null);
    return JSON.stringify(fields.sort(([a], [b]) => a < b ? -1 : 1));
  });
  const set = new Set(texts);
  assertEquals(set.size, rows.length, "a row is there twice");
  return set;
}

/** What a mirror has to make of a row. */
function toRow(row: Row): Row {
  const { pinCode: _, oauthId: __, ...rest } = row;
  // Servers up to 2.5 do not say of a face that it is shown.
  const isFace = "boundingBoxX1" in row;
  const known = isFace ? { isVisible: true, ...rest } : rest;
  // The owner of an album is kept among its users.
  if ("isActivityEnabled" in known) delete (known as Row).ownerId;
  const entries = Object.entries(known).map(([field, value]) => [
    field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    field === "duration" ? toDuration(value) : toColumn(value),
  ]);
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

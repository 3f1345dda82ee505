/** Syncs that send related rows in a certain order, and the expected result. */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { SyncEntityType, SyncRequestType } from "../../mod.ts";
import { createMirror, type Mirror, sqlite } from "../../src/mirror/mod.ts";
import { BUSY, FULL, INCREMENTAL, QUIET } from "../support/starts.ts";
import { test } from "../support/test.ts";
import { keyOf } from "./keys.ts";

type Row = Record<string, unknown>;

/** Events of one type. */
export interface Events {
  type: SyncEntityType;
  rows: Row[];
}

/** A sync: its events, and how the sync ends. */
export interface OrderedSync {
  events: Events[];
  /** Whether it is a full sync. */
  isFull?: boolean;
  /** Whether the sync is interrupted before its end. */
  isInterrupted?: boolean;
  /** Whether the last stream still contained changes. */
  isBusy?: boolean;
  /** The request types; all by default. */
  types?: SyncRequestType[];
}

/** Consecutive syncs, and the rows that remain. */
export interface Order {
  name: string;
  syncs: OrderedSync[];
  /** Table → the keys of the remaining rows. */
  left: Record<string, string[]>;
}

/** The mirror's user. */
export const ME = "me";

export function some(type: SyncEntityType, ...rows: Events["rows"]): Events {
  return { type, rows };
}

export function asset(id: string, ownerId: string): Row {
  const localDateTime = "2024-01-01T00:00:00.000Z";
  return { id, ownerId, localDateTime, visibility: "timeline" };
}

export const ofAsset = (assetId: string): Row => ({ assetId });
export const inAlbum = (albumId: string, assetId: string): Row => ({
  albumId,
  assetId,
});
export const by = (sharedById: string): Row => ({
  sharedById,
  sharedWithId: ME,
});

/** Partner p shares two assets with EXIF data, and a stack. */
export const PARTNER: OrderedSync = {
  events: [
    some("PartnerV1", by("p")),
    some("PartnerAssetV2", asset("1", "p"), asset("2", "p")),
    some("PartnerStackV1", { id: "s", ownerId: "p" }),
    some("PartnerAssetExifV1", ofAsset("1"), ofAsset("2")),
  ],
};

/** Another user's album, `a`, contains an asset. */
export const ALBUM: OrderedSync = {
  events: [
    some("AlbumAssetCreateV2", asset("1", "z")),
    some("AlbumV2", { id: "a" }),
    some("AlbumUserV1", { albumId: "a", userId: ME, role: "viewer" }),
    some("AlbumToAssetV1", inAlbum("a", "1")),
    some("AlbumAssetExifCreateV1", ofAsset("1")),
  ],
};

export const NOTHING: OrderedSync = { events: [] };

export function then(...events: Events[]): OrderedSync {
  return { events };
}

/**
 * Registers tests for each order: one for each method of passing rows to a
 * database.
 */
export function testOrders(orders: Order[]): void {
  for (const rowsAs of ["parameters", "json"] as const) {
    for (const { name, syncs, left } of orders) {
      test(`${name} (rows as ${rowsAs})`, async () => {
        const database = { ...sqlite(new DatabaseSync(":memory:")), rowsAs };
        const mirror = await createMirror(database, { userId: ME });
        for (const [i, sync] of syncs.entries()) await play(mirror, sync, i);
        for (const [table, keys] of Object.entries(left)) {
          const rows = await mirror.query<Row>(`SELECT * FROM ${table}`);
          const own = rows.map((row) => keyOf(table, row));
          assertEquals(own.sort(), keys.sort(), table);
        }
        assertEquals((await mirror.check()).ok, true);
      });
    }
  }
}

async function play(
  mirror: Mirror,
  sync: OrderedSync,
  number: number,
): Promise<void> {
  const { events, isFull = false, isInterrupted, isBusy = false } = sync;
  const { types = FULL.types } = sync;
  const start = isFull ? FULL : INCREMENTAL;
  await mirror.begin({ ...start, startedAt: 1, types });
  for (const { type, rows } of events) {
    const list = rows.map((data, i) => ({
      type,
      data,
      ack: `${type}|${number}${i}`,
    }));
    await mirror.process({ type, events: list } as never);
  }
  if (!isInterrupted) await mirror.end(isBusy ? BUSY : QUIET);
}

/**
 * Checks a mirror for inconsistencies.
 *
 * @module
 */
import { HAS_CANDIDATE_OWNER, IS_CANDIDATE } from "./candidates.ts";
import type { MirrorDatabase } from "./database.ts";
import { tablesOf } from "./entities.ts";
import type { MirrorTable } from "./rows.ts";
import { IS_SHARED, IS_SHOWN } from "./shown.ts";
import {
  countByTable,
  type MirrorStatus,
  readStatus,
  withoutZeros,
} from "./status.ts";
import { TABLE_NAMES, TABLES, toQuotedColumn } from "./tables.ts";

/**
 * The inconsistencies in a mirror.
 *
 * A check does not ask the server, so it finds neither missing or outdated rows
 * nor rows whose parent no longer exists on the server.
 */
export interface MirrorCheck {
  /** Whether the mirror is consistent. Orphans do not count as inconsistencies. */
  ok: boolean;
  /**
   * By table, the number of rows that arrived before their parent. While a
   * library changes, the server may send a row before its parent; the parent
   * then arrives with the next sync. If the parent was deleted before the
   * server sent it, the row remains an orphan until the next full sync removes
   * it.
   */
  orphans: Partial<Record<MirrorTable, number>>;
  /**
   * By table, the number of assets and stacks that are not visible through a
   * share or an album, and are not candidates for removal. There should be
   * none.
   */
  unreachable: Partial<Record<MirrorTable, number>>;
  /**
   * By table, the number of duplicate rows. They are a sign of a corrupt database
   * file.
   */
  duplicates: Partial<Record<MirrorTable, number>>;
  /**
   * The tables that have more rows than received events, with both numbers.
   */
  excess: Partial<Record<MirrorTable, { rows: number; events: number }>>;
}

function without(parent: MirrorTable, column: string): string {
  return `NOT EXISTS (SELECT 1 FROM {${parent}} WHERE id = ${column})`;
}

const WITHOUT_ASSET = without("assets", "asset_id");

/** Maps each table to the SQL condition for orphans. */
const ORPHANS: { readonly [T in MirrorTable]?: string } = {
  assets: `NOT ${IS_SHOWN} AND (${IS_CANDIDATE} OR ${HAS_CANDIDATE_OWNER})`,
  stacks: `NOT ${IS_SHARED} AND ${HAS_CANDIDATE_OWNER}`,
  exif: WITHOUT_ASSET,
  asset_edits: WITHOUT_ASSET,
  asset_metadata: WITHOUT_ASSET,
  asset_ocr: WITHOUT_ASSET,
  faces: WITHOUT_ASSET,
  album_users: without("albums", "album_id"),
  album_assets: `${without("albums", "album_id")} OR ${WITHOUT_ASSET}`,
  memory_assets: `${without("memories", "memory_id")} OR ${WITHOUT_ASSET}`,
};

/** Maps each table to the SQL condition for unreachable rows. */
const UNREACHABLE: { readonly [T in MirrorTable]?: string } = {
  assets:
    `NOT ${IS_SHOWN} AND NOT ${IS_CANDIDATE} AND NOT ${HAS_CANDIDATE_OWNER}`,
  stacks: `NOT ${IS_SHARED} AND NOT ${HAS_CANDIDATE_OWNER}`,
};

/** Checks a mirror for inconsistencies. */
export async function check(database: MirrorDatabase): Promise<MirrorCheck> {
  const countWhere = async (
    conditions: { readonly [T in MirrorTable]?: string },
  ) =>
    withoutZeros(
      await countByTable(database, (table) => {
        const condition = conditions[table];
        return condition &&
          `SELECT count(*) FROM {${table}} WHERE ${condition}`;
      }),
    );
  const orphans = await countWhere(ORPHANS);
  const unreachable = await countWhere(UNREACHABLE);
  const duplicates = withoutZeros(
    await countByTable(database, (table) => {
      const key = TABLES[table].key.map(toQuotedColumn).join(" || char(0) || ");
      return `SELECT count(*) - count(DISTINCT ${key}) FROM {${table}}`;
    }),
  );
  const excess = toExcess(await readStatus(database));
  const wrong = [unreachable, duplicates, excess];
  return {
    ok: wrong.every((tables) => Object.keys(tables).length === 0),
    orphans,
    unreachable,
    duplicates,
    excess,
  };
}

function toExcess(
  { rows, events, fullStartedAt }: MirrorStatus,
): MirrorCheck["excess"] {
  // During a full sync, the tables also contain rows that arrived before that sync.
  if (fullStartedAt !== null) return {};
  const received = new Map<MirrorTable, number>();
  for (const [type, number] of Object.entries(events)) {
    for (const table of tablesOf(type)) {
      received.set(table, (received.get(table) ?? 0) + number);
    }
  }
  const excess: MirrorCheck["excess"] = {};
  for (const table of TABLE_NAMES) {
    const number = received.get(table) ?? 0;
    if (rows[table] > number) {
      excess[table] = { rows: rows[table], events: number };
    }
  }
  return excess;
}

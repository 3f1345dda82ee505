/**
 * Predicts what the next sync of a mirror will change.
 *
 * @module
 */
import type { SyncBatch } from "../sync/mod.ts";
import { CANDIDATE_IDS } from "./candidates.ts";
import {
  type ComparedRow,
  type Comparison,
  keysOf,
  toRowId,
} from "./comparison.ts";
import type { MirrorDatabase } from "./database.ts";
import { tableOf } from "./entities.ts";
import { KeySet } from "./key_set.ts";
import { REMOVALS } from "./removals.ts";
import type { MirrorTable } from "./rows.ts";
import { readState } from "./state.ts";
import type { Writer } from "./writes.ts";

const OF_OWNERS =
  "SELECT id FROM {assets} WHERE owner_id <> {me} AND owner_id IN {rows}";

/**
 * For each type of delete that may indirectly remove assets: a query for the
 * removed assets.
 */
const IMPLIED: Readonly<Record<string, string>> = {
  UserDeleteV1: OF_OWNERS,
  PartnerDeleteV1: OF_OWNERS,
  AlbumDeleteV1:
    "SELECT asset_id AS id FROM {album_assets} WHERE album_id IN {rows}",
  AlbumToAssetDeleteV1: "SELECT column1 AS id FROM {rows} WHERE NOT EXISTS " +
    "(SELECT 1 FROM {assets} WHERE id = column1 AND owner_id = {me})",
};

/** Matches the types of deletes that also remove the deleted row's child rows. */
const OF_PARENTS = /^(User|Partner|(Partner)?Asset|Album|Memory)DeleteV/;

/** The next sync of a mirror, as far as its batches are known. */
export class NextSync {
  readonly #comparison: Comparison;
  readonly #writer: Writer;
  readonly #userId: string;
  /** The ids of the rows that it brings. */
  readonly #coming = new KeySet();
  /** The ids of the rows, and of the parents of rows, that it removes. */
  readonly #gone = new Set<string>();
  /** Whether it begins with a reset by the server, and therefore sweeps. */
  #isFull = false;
  #candidates: ReadonlySet<string> = new Set();
  #isSwept: (row: ComparedRow) => boolean = () => false;

  /** Creates a sync without batches. */
  constructor(comparison: Comparison, writer: Writer, userId: string) {
    this.#comparison = comparison;
    this.#writer = writer;
    this.#userId = userId;
  }

  /** Adds a reset by the server. */
  reset(): void {
    this.#isFull = true;
  }

  /** Adds a batch. */
  async receive(batch: SyncBatch): Promise<void> {
    for (const [table, rows] of this.#writer.rows(batch)) {
      for (const key of keysOf(table, rows)) {
        this.#coming.add(toRowId(table, key));
      }
    }
    await this.#receiveDeletes(batch);
  }

  /** Reads which rows the mirror has yet to decide on when a sync ends. */
  async readState(database: MirrorDatabase): Promise<void> {
    const { fullFromBatch, fullTables } = await readState(database);
    const candidates = await database.all(CANDIDATE_IDS, []);
    this.#candidates = new Set(candidates.map(({ id }) => String(id)));
    this.#isSwept = ({ table, batchNumber }) =>
      fullTables.includes(table) && (batchNumber ?? 0) < (fullFromBatch ?? 0);
  }

  /** Returns whether the sync brings a row. */
  brings(table: MirrorTable, key: readonly string[]): boolean {
    return this.#coming.has(toRowId(table, key));
  }

  /**
   * Returns whether it is up to the sync to keep or remove a row: it is a full sync, it
   * ends a full sync, or the row is a candidate.
   */
  decides(row: ComparedRow): boolean {
    return this.#isFull || this.#isSwept(row) ||
      row.ids.some((id) => this.#candidates.has(id));
  }

  /**
   * Returns whether a delete removes a row or one of its parents. If an asset is
   * removed, its children are removed too.
   */
  removes({ table, key, ids }: ComparedRow): boolean {
    const own = [key, ...ids.map((id) => [id])];
    if (own.some((key) => this.#gone.has(toRowId(table, key)))) return true;
    if (!ids.some((id) => this.#gone.has(id))) return false;
    if (table === "assets" || table === "album_assets") {
      this.#gone.add(key.at(-1)!);
    }
    return true;
  }

  async #receiveDeletes({ type, events }: SyncBatch): Promise<void> {
    const table = tableOf(type.replace("Delete", ""));
    if (!(type in REMOVALS) || table === undefined) return;
    const { fields } = REMOVALS[type as keyof typeof REMOVALS];
    const keys = events.map(({ data }) =>
      fields.map((field) => String((data as Record<string, unknown>)[field]))
    );
    for (const key of keys) this.#gone.add(toRowId(table, key));
    const isOfParents = OF_PARENTS.test(type);
    const ids = keys.map((key) => key.at(isOfParents ? 0 : -1)!)
      .filter((id) => id !== this.#userId);
    if (isOfParents) { for (const id of ids) this.#gone.add(id); }
    const query = IMPLIED[type];
    if (query === undefined) return;
    const implied = await this.#comparison.query(query, ids.map((id) => [id]));
    for (const { id } of implied) this.#gone.add(String(id));
  }
}

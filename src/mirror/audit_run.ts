/**
 * Runs an audit: reads the server's streams and the mirror's tables, and
 * compares them.
 *
 * @module
 */
import type { Env, Session } from "../http/mod.ts";
import { familyOf, type SyncRequestName } from "../protocol/mod.ts";
import {
  type SyncBatch,
  type SyncOptions,
  type SyncProcessor,
  syncWith,
} from "../sync/mod.ts";
import { CANDIDATE_IDS } from "./candidates.ts";
import { type ComparedRow, Comparison, keysOf } from "./comparison.ts";
import type { MirrorDatabase } from "./database.ts";
import { Differences, type MirrorAudit } from "./differences.ts";
import { completeTables, tableOf } from "./entities.ts";
import { REMOVALS } from "./removals.ts";
import type { MirrorTable } from "./rows.ts";
import { type MirrorState, readState } from "./state.ts";
import { TABLE_NAMES } from "./tables.ts";
import { Writer } from "./writes.ts";

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

/** What an audit compares, and how. */
export interface AuditRunInit {
  /** The database of the mirror. */
  database: MirrorDatabase;
  /** The state of the mirror before the first request. */
  state: MirrorState;
  /** The request types. */
  types: readonly SyncRequestName[];
  /** The maximum number of rows in each list of differences. */
  limit: number;
  /** Options for the streams. */
  options: SyncOptions;
  /** The clock, random numbers and timers. */
  env: Env;
}

/** Compares a mirror with the streams of two sessions. */
export class AuditRun {
  readonly #init: AuditRunInit;
  /** Converts rows to the form that the mirror stores. */
  readonly #writer: Writer;
  readonly #comparison: Comparison;
  readonly #differences: Differences;
  /** The unversioned request types that the server supports. */
  #asked: readonly string[] = [];
  /**
   * Whether the next sync begins with a reset by the server, and therefore
   * sweeps.
   */
  #isNextFull = false;

  /** Creates a run without differences. */
  constructor(init: AuditRunInit) {
    const { database, limit } = init;
    this.#init = init;
    this.#writer = new Writer(database);
    this.#comparison = new Comparison(database, this.#writer);
    this.#differences = new Differences(limit);
  }

  /**
   * Returns the differences.
   *
   * @param whole A session without checkpoints.
   * @param next A session with the checkpoints of the mirror's session, if they are
   * known.
   */
  async compare(whole: Session, next?: Session): Promise<MirrorAudit> {
    if (next !== undefined) await this.#follow(next);
    await this.#stream(whole, {
      begin: ({ types }) => void (this.#asked = types.map(familyOf)),
      process: (batch) => this.#compare(batch),
      end() {},
      reset() {},
    });
    await this.#follow(next ?? whole);
    await this.#scan();
    if (this.#differences.byTable.length > 0) {
      // A row may arrive only now because it changed during each earlier stream.
      await this.#follow(next ?? whole);
      await this.#confirm();
    }
    return this.#differences.toAudit();
  }

  async #stream(session: Session, processor: SyncProcessor): Promise<void> {
    const { types, options, env } = this.#init;
    const checking = { ...processor, checksRows: true };
    await syncWith(session, types, checking, options, env);
  }

  /** Compares the rows of a batch with the mirror. */
  async #compare(batch: SyncBatch): Promise<void> {
    for (const [table, rows] of this.#writer.rows(batch)) {
      const keys = keysOf(table, rows);
      for (const key of keys) this.#differences.see(table, key);
      // Servers up to 2.x repeat rows; the mirror keeps the last copy.
      const last = new Map(keys.map((key, i) => [key.join("\0"), rows[i]!]));
      const found = await this.#comparison
        .differences(table, [...last.values()]);
      for (const row of found) this.#differences.addCompared(table, row);
    }
  }

  /** Drops the differences that the next sync will repair. */
  async #follow(session: Session): Promise<void> {
    await this.#stream(session, {
      process: async (batch) => {
        for (const [table, rows] of this.#writer.rows(batch)) {
          for (const key of keysOf(table, rows)) {
            this.#differences.bring(table, key);
          }
        }
        await this.#remove(batch);
      },
      reset: () => void (this.#isNextFull = true),
    });
    this.#differences.dropGone();
  }

  /** Records the rows that a batch's deletes remove. */
  async #remove({ type, events }: SyncBatch): Promise<void> {
    const table = tableOf(type.replace("Delete", ""));
    if (!(type in REMOVALS) || table === undefined) return;
    const { fields } = REMOVALS[type as keyof typeof REMOVALS];
    const rows = events.map(({ data }) =>
      fields.map((field) => String((data as Record<string, unknown>)[field]))
    );
    for (const row of rows) this.#differences.remove(table, row);
    const isOfParents = OF_PARENTS.test(type);
    const ids = rows.map((row) => row.at(isOfParents ? 0 : -1)!)
      .filter((id) => id !== this.#init.state.userId);
    const implied = IMPLIED[type] === undefined
      ? []
      : await this.#comparison.query(IMPLIED[type], ids.map((id) => [id]));
    const parents = isOfParents ? ids : [];
    for (const id of [...parents, ...implied.map(({ id }) => String(id))]) {
      this.#differences.removeParent(id);
    }
  }

  /** Finds the mirror's rows that the server does not have. */
  async #scan(): Promise<void> {
    const { signal } = this.#init.options;
    const { askedFamilies } = this.#init.state;
    const isDecided = await this.#toDecided();
    const tables = completeTables(this.#asked, askedFamilies);
    for (const table of TABLE_NAMES) {
      if (!tables.includes(table)) continue;
      for await (const rows of this.#comparison.scan(table)) {
        signal?.throwIfAborted();
        for (const row of rows) {
          this.#differences.addStored(table, row, isDecided(table, row));
        }
      }
    }
  }

  /**
   * Creates a function that tells whether it is up to the next sync to keep or
   * remove a row.
   */
  async #toDecided(): Promise<
    (table: MirrorTable, row: ComparedRow) => boolean
  > {
    const { database } = this.#init;
    const { fullFromBatch, fullTables } = await readState(database);
    const candidates = new Set(
      (await database.all(CANDIDATE_IDS, [])).map(({ id }) => String(id)),
    );
    return (table, { ids, batchNumber }) =>
      this.#isNextFull ||
      ids.some((id) => candidates.has(id)) ||
      // A full sync has not ended yet, and will sweep.
      (fullTables.includes(table) && (batchNumber ?? 0) < (fullFromBatch ?? 0));
  }

  /** Drops the differences that another run has repaired in the meantime. */
  async #confirm(): Promise<void> {
    for (const [table, rows] of this.#differences.byTable) {
      const keys = rows.map(({ key }) => key);
      const current = await this.#comparison.find(table, keys);
      this.#differences.confirm(table, current);
    }
  }
}

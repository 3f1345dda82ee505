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
import { Comparison, keysOf } from "./comparison.ts";
import type { MirrorDatabase } from "./database.ts";
import { Differences, type MirrorAudit } from "./differences.ts";
import { completeTables } from "./entities.ts";
import { NextSync } from "./next_sync.ts";
import type { MirrorState } from "./state.ts";
import { TABLE_NAMES } from "./tables.ts";
import { Writer } from "./writes.ts";

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
  readonly #next: NextSync;
  readonly #differences: Differences;
  /** The unversioned request types that the server supports. */
  #asked: readonly string[] = [];

  /** Creates a run without differences. */
  constructor(init: AuditRunInit) {
    const { database, state, limit } = init;
    this.#init = init;
    this.#writer = new Writer(database);
    this.#comparison = new Comparison(database, this.#writer);
    this.#next = new NextSync(this.#comparison, this.#writer, state.userId);
    this.#differences = new Differences(limit, this.#next);
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
    if (this.#differences.rows.length > 0) {
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
      for (const key of keys) this.#differences.addServerRow(table, key);
      // Servers up to 2.x repeat rows; the mirror keeps the last copy.
      const last = new Map(keys.map((key, i) => [key.join("\0"), rows[i]!]));
      const found = await this.#comparison
        .differences(table, [...last.values()]);
      for (const row of found) this.#differences.addDifferingRow(row);
    }
  }

  /** Reads what the next sync would receive, which explains some differences. */
  async #follow(session: Session): Promise<void> {
    await this.#stream(session, {
      process: (batch) => this.#next.receive(batch),
      reset: () => this.#next.reset(),
    });
    this.#differences.dropPending();
  }

  /** Finds the mirror's rows that the server does not have. */
  async #scan(): Promise<void> {
    const { database, state, options } = this.#init;
    await this.#next.readState(database);
    const tables = completeTables(this.#asked, state.askedFamilies);
    for (const table of TABLE_NAMES) {
      if (!tables.includes(table)) continue;
      for await (const rows of this.#comparison.scan(table)) {
        options.signal?.throwIfAborted();
        for (const row of rows) this.#differences.addMirrorRow(row);
      }
    }
  }

  /** Drops the differences that another run has repaired in the meantime. */
  async #confirm(): Promise<void> {
    const { rows } = this.#differences;
    const current = [];
    for (const table of TABLE_NAMES) {
      const keys = rows.filter((row) => row.table === table)
        .map(({ key }) => key);
      current.push(...await this.#comparison.find(table, keys));
    }
    this.#differences.dropRepaired(current);
  }
}

/**
 * The mirror: a queryable copy of a photo library in any SQLite database.
 *
 * @module
 */
import type { KeptSession } from "../auth/mod.ts";
import {
  checkSession,
  type Env,
  normalizeBaseUrl,
  type Session,
} from "../http/mod.ts";
import {
  type Budget,
  type SyncBatch,
  type SyncEnd,
  type SyncProcessor,
  type SyncProgress,
  type SyncResult,
  type SyncStart,
  type SyncWatch,
  syncWith,
  watch,
} from "../sync/mod.ts";
import { audit } from "./audit.ts";
import { check, type MirrorCheck } from "./check.ts";
import type { MirrorDatabase, SqlValue } from "./database.ts";
import type { MirrorAudit } from "./differences.ts";
import { ALL_TYPES } from "./entities.ts";
import { MirrorError } from "./error.ts";
import { MAX_ROWS } from "./group.ts";
import {
  checkMirrorSyncOptions,
  type MirrorAuditOptions,
  type MirrorOptions,
  type MirrorSyncOptions,
  type MirrorWatchOptions,
} from "./mirror_options.ts";
import { MAX_GROUP_MS, MirrorProcessor } from "./processor.ts";
import { SETTLE_DELETES } from "./repeated_deletes.ts";
import { type MirrorStatus, readStatus } from "./status.ts";
import { checkOwner, toSessionKey } from "./ownership.ts";
import { readState, setState } from "./state.ts";
import { refreshStaleTypes } from "./stale_types.ts";

const ACK = { every: MAX_ROWS, intervalMs: MAX_GROUP_MS };

const MONTH_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * A queryable copy of a photo library, and the processor that keeps it up to date.
 * Query its tables and views with SQL.
 *
 * @example Use a mirror as the processor in your own call of `sync`
 * ```ts
 * import { sync } from "@immich-edge/sync";
 * import { createMirror, sqlite } from "@immich-edge/sync/mirror";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { DatabaseSync } from "node:sqlite";
 * import { assert } from "@std/assert";
 *
 * const server = new FakeImmich();
 * const database = sqlite(new DatabaseSync(":memory:"));
 * const mirror = await createMirror(database, { userId: server.user.id });
 * const { fetch } = server;
 * await sync(server.createSession(), ["UsersV1"], mirror, { fetch });
 * assert((await mirror.check()).ok);
 * ```
 */
export class Mirror implements SyncProcessor {
  /** Rows that cannot be stored are skipped and counted. */
  readonly checksRows = true;
  /** Replaces the placeholders in SQL; see {@linkcode ./names.ts}. */
  readonly #database: MirrorDatabase;
  /** The database for the caller's SQL. */
  readonly #raw: MirrorDatabase;
  readonly #processor: MirrorProcessor;
  readonly #env: Env;
  #isRunning = false;

  /**
   * Creates a mirror on a database that is already migrated; use {@linkcode createMirror}.
   *
   * @internal
   */
  constructor(
    database: MirrorDatabase,
    raw: MirrorDatabase,
    options: Required<Omit<MirrorOptions, "prefix">>,
    env: Env,
  ) {
    this.#database = database;
    this.#raw = raw;
    this.#processor = new MirrorProcessor(database, options, env);
    this.#env = env;
  }

  /**
   * Brings the mirror up to date: calls `sync` with the mirror as the
   * processor, and holds the lease during the run. Runs a full sync when one is
   * due. Also runs one if another session synced last, because the checkpoints
   * of this session then do not match the mirror.
   *
   * @throws {MirrorError} If another run holds the lease, or the session
   * belongs to another user or server.
   * @throws The same errors as `sync`.
   */
  async sync(
    session: Session,
    options: MirrorSyncOptions = {},
  ): Promise<SyncResult> {
    const budget = checkMirrorSyncOptions(options, this.#env);
    checkSession(session);
    if (this.#isRunning) {
      throw new MirrorError(
        "Cannot sync: another run of this mirror has not ended yet",
        { code: "mirror_busy" },
      );
    }
    this.#isRunning = true;
    try {
      return await this.#run(session, options, budget);
    } finally {
      budget.close();
      // A lease that cannot be released expires, and the run's own error
      // matters more.
      await this.#processor.close().catch(() => {});
      this.#isRunning = false;
    }
  }

  /**
   * Keeps the mirror in sync: calls `sync` again and again, and waits in
   * between. If you pass a kept session, signs in again at once after a 401.
   * The `full` option applies to the first run only.
   *
   * @param source A session, or the result of `keepSession`.
   *
   * @throws {RangeError} If `everyMs` is out of range.
   */
  watch(
    source: Session | KeptSession,
    { everyMs, full = false, ...options }: MirrorWatchOptions = {},
  ): SyncWatch {
    const sync = async (session: Session) => {
      const result = await this.sync(session, { ...options, full });
      full = false;
      return result;
    };
    return watch(source, sync, { ...options, everyMs }, this.#env);
  }

  /**
   * Checks that a session belongs to the mirror's user and server.
   *
   * @throws {MirrorError} If it does not.
   */
  async accept(session: Session): Promise<void> {
    await this.#processor.accept(session);
  }

  /**
   * Begins a sync. From then on, each stored row has the number of its batch.
   *
   * @returns Whether a full sync from an earlier run has not ended yet.
   */
  async begin(start: SyncStart): Promise<boolean> {
    return await this.#processor.begin(start);
  }

  /**
   * Stores a batch and its position in the stream in one transaction. `mirror.sync`
   * stores several batches in one transaction, which is faster.
   */
  async process(batch: SyncBatch): Promise<void> {
    await this.#processor.process(batch);
    await this.#processor.flush();
  }

  /**
   * Ends a sync. Removes rows that were missing from a full sync, and rows
   * whose removal was only implied by a delete. Until then, readers still see
   * these rows.
   */
  async end(end: SyncEnd): Promise<void> {
    await this.#processor.end(end);
  }

  /** Empties the mirror. Called only by a run with `full: "wipe"`. */
  async reset(): Promise<void> {
    await this.#processor.reset();
  }

  /**
   * Returns the rows of a query, with values as SQLite stores them:
   * `query<MirrorRow<"assets">>("SELECT * FROM assets")`.
   */
  async query<Row = Record<string, SqlValue>>(
    sql: string,
    ...params: SqlValue[]
  ): Promise<Row[]> {
    return await this.#raw.all(sql, params) as Row[];
  }

  /**
   * Tells the mirror that its server has moved to another address. Without this
   * call, a session with the new address would be rejected as belonging to
   * another server.
   *
   * @throws {TypeError} If the address is not valid.
   */
  async moveTo(baseUrl: string | URL): Promise<void> {
    const address = normalizeBaseUrl(baseUrl);
    await this.#database.batch([setState("base_url = ?", address)]);
  }

  /** Returns the state of the mirror and its row counts. */
  async status(): Promise<MirrorStatus> {
    return await readStatus(this.#database);
  }

  /** Checks the mirror for inconsistencies. Reads all tables, so it may take a while. */
  async check(): Promise<MirrorCheck> {
    return await check(this.#database);
  }

  /**
   * Reads the whole library again, and returns the differences that the next
   * sync will not repair. Writes nothing, so other runs may sync in the
   * meantime. Pass the session that syncs the mirror; if you pass another one,
   * the result also includes rows that have changed since the last sync.
   *
   * @throws {MirrorError} If the mirror has never been synced, or the session
   * belongs to another user or server.
   * @throws {ProtocolError} If the server does not support child sessions,
   * which an audit needs.
   * @throws The same errors as `sync`.
   */
  async audit(
    session: Session,
    options: MirrorAuditOptions = {},
  ): Promise<MirrorAudit> {
    return await audit(this.#database, session, options, this.#env);
  }

  async #run(
    session: Session,
    options: MirrorSyncOptions,
    budget: Budget,
  ): Promise<SyncResult> {
    const {
      types = ALL_TYPES,
      full = false,
      fullEveryMs = MONTH_MS,
      whenBusy = "fail",
      onProgress,
      ...rest
    } = options;
    const sessionKey = await toSessionKey(session);
    const before = await readState(this.#database);
    await checkOwner(before, session, rest, this.#env, budget);
    let rowsBefore: number | undefined;
    const report = onProgress === undefined ? {} : {
      onProgress: (progress: SyncProgress) =>
        onProgress({ ...progress, rowsBefore }),
    };
    const lease = this.#processor.open(
      sessionKey,
      onProgress && ((rows) => rowsBefore ??= rows),
    );
    if (whenBusy === "wait") await lease.waitFor(budget, rest);
    else await lease.acquire();
    const state = await readState(this.#database);
    await refreshStaleTypes(state, lease, session, rest, budget);
    // An interrupted full sync continues, so its start counts.
    const lastFullAt = state.fullStartedAt ?? state.lastFullAt;
    const schedule = fullEveryMs !== false &&
      { everyMs: fullEveryMs, lastFullAt };
    const isSameSession = state.sessionKey === sessionKey;
    const result = await syncWith(
      session,
      types,
      this.#processor,
      {
        ...rest,
        ...report,
        ack: rest.ack === "complete" ? rest.ack : { ...ACK, ...rest.ack },
        full: full || (isSameSession ? schedule : true),
      },
      this.#env,
      budget,
    );
    await this.#database.batch([SETTLE_DELETES]);
    return result;
  }
}

/**
 * A queryable copy of a photo library, in any SQLite.
 *
 * @module
 */
import {
  checkCallOptions,
  checkSession,
  type Env,
  type Session,
  toCallOptions,
} from "../http/mod.ts";
import {
  deleteSyncAcks,
  SYNC_OPTIONS,
  type SyncBatch,
  type SyncEnd,
  type SyncOptions,
  type SyncProcessor,
  type SyncResult,
  type SyncStart,
  syncWith,
} from "../sync/mod.ts";
import { supportedSyncTypes } from "../protocol/mod.ts";
import { beginSync, endSync, type OpenSync } from "./begin_end.ts";
import type { MirrorDatabase, SqlValue } from "./database.ts";
import { MirrorError } from "./error.ts";
import { Lease } from "./lease.ts";
import type { MirrorOptions, MirrorSyncOptions } from "./mirror_options.ts";
import {
  check,
  type MirrorCheck,
  type MirrorStatus,
  readStatus,
} from "./report.ts";
import { readState, setState } from "./state.ts";
import { HAS_CANDIDATES } from "./sweep.ts";
import { TABLE_NAMES } from "./tables.ts";
import { Writer } from "./writes.ts";

/** Names of the options besides those of `sync`. */
const OWN_OPTIONS: readonly Exclude<
  keyof MirrorSyncOptions,
  keyof SyncOptions
>[] = ["types", "fullEveryMs", "whenBusy"];

/** Everything that the newest servers have; `sync` adapts it to others. */
const ALL_TYPES = supportedSyncTypes({ major: 3, minor: 1, patch: 0 });

/** What a mirror notes of the stream, beside its state. */
const NOTES = ["mirror_events", "mirror_candidates", "mirror_sharers"];

const MONTH_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * A copy of a library: a processor for `sync`, which keeps it, and what an
 * application reads of it. Query its tables and views with SQL.
 *
 * @example A mirror as the processor of a run of one's own
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
  readonly #database: MirrorDatabase;
  readonly #writer: Writer;
  readonly #lease: Lease;
  readonly #env: Env;
  #sync: OpenSync = { lastBatch: 0, asked: [], beganFull: false };
  #isRunning = false;
  /** What tells the session of the run that is under way. */
  #sessionKey: string | undefined;

  /** Opens a database whose schema is the newest; what {@linkcode createMirror} is for. */
  constructor(
    database: MirrorDatabase,
    { userId, leaseMs = 30_000 }: MirrorOptions,
    env: Env,
  ) {
    this.#database = database;
    this.#writer = new Writer(database, userId);
    this.#lease = new Lease(database, leaseMs, env);
    this.#env = env;
  }

  /**
   * Brings the copy up to date, as `sync` does with it as the processor, and with
   * what it needs around that: a lease for as long as the run lasts; everything
   * anew after some time, and with a session whose checkpoints do not fit to it.
   *
   * @throws {MirrorError} If another run holds the mirror.
   * @throws As `sync` does.
   */
  async sync(
    session: Session,
    options: MirrorSyncOptions = {},
  ): Promise<SyncResult> {
    const {
      types = ALL_TYPES,
      full = false,
      fullEveryMs = MONTH_MS,
      whenBusy = "fail",
      ...rest
    } = options;
    checkCallOptions("sync", options, [...SYNC_OPTIONS, ...OWN_OPTIONS]);
    checkSession(session);
    if (this.#isRunning) {
      throw new MirrorError(
        "Cannot sync: the mirror is in a run already, it must be over first",
        { code: "mirror_busy" },
      );
    }
    this.#isRunning = true;
    try {
      const sessionKey = this.#sessionKey = await toSessionKey(session);
      if (whenBusy === "wait") await this.#waitForLease(rest.signal);
      else await this.#lease.acquire();
      const state = await readState(this.#database);
      const { source = { deleteSyncAcks } } = rest;
      if (state.staleTypes.length > 0 && source.deleteSyncAcks) {
        const types = state.staleTypes;
        const call = toCallOptions(rest);
        await source.deleteSyncAcks(session, { ...call, types });
        await this.#lease.write([setState("stale_types = '[]'")]);
      }
      const schedule = fullEveryMs === false ? false : {
        everyMs: fullEveryMs,
        // One that was broken off goes on by itself.
        lastFullAt: state.fullStartedAt ?? state.lastFullAt,
      };
      const fits = state.sessionKey === sessionKey;
      return await syncWith(session, types, this, {
        ...rest,
        full: full || (fits ? schedule : true),
      }, this.#env);
    } finally {
      // A lease that cannot be given back ends by itself; what failed is to be told.
      await this.#lease.release().catch(() => {});
      this.#sessionKey = undefined;
      this.#isRunning = false;
    }
  }

  async #waitForLease(signal: AbortSignal | undefined): Promise<void> {
    while (true) {
      try {
        return await this.#lease.acquire();
      } catch (error) {
        if (!(error instanceof MirrorError)) throw error;
        await this.#env.sleep(error.retryAfterMs ?? 0, signal);
      }
    }
  }

  /** Stores a batch, with its place in the stream, in one transaction. */
  async process(batch: SyncBatch): Promise<void> {
    const { type, events } = batch;
    const count = events.length;
    const number = this.#sync.lastBatch + 1;
    await this.#lease.write([
      ...this.#writer.store(batch, number),
      {
        // The same batch again changes nothing, not even its number; with a row
        // that was committed late, it counts that row.
        sql: "INSERT INTO mirror_events VALUES (?, ?, ?, ?) ON CONFLICT DO " +
          "UPDATE SET events = events + excluded.batch - CASE WHEN " +
          "ack = excluded.ack AND ack <> '' THEN min(batch, excluded.batch) " +
          "ELSE 0 END, ack = excluded.ack, batch = excluded.batch",
        params: [type, count, events.at(-1)?.ack ?? "", count],
      },
    ], number);
    this.#sync.lastBatch = number;
  }

  /**
   * Begins a sync: each row is marked with the number of the batch that brings it.
   *
   * @returns Whether a full sync that an earlier run began has not ended yet.
   */
  async begin(
    { full, startedAt, types }: SyncStart,
  ): Promise<boolean> {
    await this.#lease.acquire();
    const state = await readState(this.#database);
    const { sync, statements } = beginSync(state, {
      isFull: full,
      startedAt,
      types,
      sessionKey: this.#sessionKey ?? null,
    });
    if (statements.length > 0) await this.#lease.write(statements);
    this.#sync = sync;
    return state.fullFromBatch !== null;
  }

  /**
   * Ends a sync: removes what a full one did not bring, and what deletes have only
   * implied. Until then, readers see what was there before.
   */
  async end({ quiet }: SyncEnd): Promise<void> {
    const state = await readState(this.#database);
    const candidates = await this.#database.all(HAS_CANDIDATES, []);
    await this.#lease.write([
      ...endSync(state, this.#sync, {
        quiet,
        hasCandidates: candidates.length > 0,
        endedAt: this.#env.now(),
      }),
      this.#lease.giveBack(),
    ]);
  }

  /** Empties the mirror: only a run with `full: "wipe"` calls it. */
  async reset(): Promise<void> {
    await this.#lease.acquire();
    await this.#lease.write([
      ...[...TABLE_NAMES, ...NOTES].map((table) => ({
        sql: `DELETE FROM ${table}`,
        params: [],
      })),
      setState("asked_families = '[]'"),
    ]);
  }

  /**
   * The rows that a query gives, with values as SQLite keeps them:
   * `query<MirrorRow<"assets">>("SELECT * FROM assets")`.
   */
  async query<Row = Record<string, SqlValue>>(
    sql: string,
    ...params: SqlValue[]
  ): Promise<Row[]> {
    return await this.#database.all(sql, params) as Row[];
  }

  /** Tells how the mirror is. */
  async status(): Promise<MirrorStatus> {
    return await readStatus(this.#database);
  }

  /** Looks for what must not be: it reads everything, and takes its time. */
  async check(): Promise<MirrorCheck> {
    return await check(this.#database);
  }
}

/** Tells one access token from another, and tells nobody which it is. */
async function toSessionKey({ accessToken }: Session): Promise<string> {
  const bytes = new TextEncoder().encode(accessToken);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0"));
  return hex.slice(0, 16).join("");
}

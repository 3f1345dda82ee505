/**
 * A queryable copy of a photo library, in any SQLite.
 *
 * @module
 */
import { checkSession, type Session, sleep } from "../http/mod.ts";
import {
  deleteSyncAcks,
  type EndedPass,
  sync,
  type SyncBatch,
  type SyncOptions,
  type SyncPass,
  type SyncProcessor,
  type SyncResult,
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
import { migrate, readState, setState } from "./state.ts";
import { HAS_CANDIDATES } from "./sweep.ts";
import { TABLE_NAMES } from "./tables.ts";
import { Writer } from "./writes.ts";

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
  readonly #now: () => number;
  #sync: OpenSync = { number: 1, asked: [], beganFull: false };
  #isRunning = false;
  /** What tells the session of the run that is under way. */
  #sessionKey: string | undefined;

  /** Opens a database whose schema is the newest; what {@linkcode createMirror} is for. */
  constructor(database: MirrorDatabase, options: MirrorOptions) {
    const { leaseMs = 30_000, now = Date.now } = options;
    this.#database = database;
    this.#writer = new Writer(database, options.userId);
    this.#lease = new Lease(database, { leaseMs, now });
    this.#now = now;
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
      fullEveryMs = MONTH_MS,
      whenBusy = "fail",
      ...rest
    } = options;
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
      if (whenBusy === "wait") await this.#waitForLease(rest);
      else await this.#lease.acquire();
      const state = await readState(this.#database);
      const { source = { deleteSyncAcks } } = rest;
      if (state.staleTypes.length > 0 && source.deleteSyncAcks) {
        const types = state.staleTypes;
        await source.deleteSyncAcks(session, { ...rest, types });
        await this.#lease.write([setState("stale_types = '[]'")]);
      }
      const schedule = fullEveryMs === false ? false : {
        everyMs: fullEveryMs,
        // One that was broken off goes on by itself.
        lastFullAt: state.fullStartedAt ?? state.lastFullAt,
      };
      const fits = state.sessionKey === sessionKey;
      const full = fits ? schedule : true;
      return await sync(session, types, this, {
        ...rest,
        full,
        now: this.#now,
      });
    } finally {
      // A lease that cannot be given back ends by itself; what failed is to be told.
      await this.#lease.release().catch(() => {});
      this.#sessionKey = undefined;
      this.#isRunning = false;
    }
  }

  async #waitForLease(
    { signal, sleep: wait = sleep }: SyncOptions,
  ): Promise<void> {
    while (true) {
      try {
        return await this.#lease.acquire();
      } catch (error) {
        if (!(error instanceof MirrorError)) throw error;
        await wait(error.retryAfterMs ?? 0, signal);
      }
    }
  }

  /** Stores a batch, with its place in the stream, in one transaction. */
  async process(batch: SyncBatch): Promise<void> {
    const { type, events } = batch;
    const count = events.length;
    await this.#lease.write([
      ...this.#writer.store(batch, this.#sync.number),
      {
        // The same batch again changes nothing, not even its number; with a row
        // that was committed late, it counts that row.
        sql: "INSERT INTO mirror_events VALUES (?, ?, ?, ?) ON CONFLICT DO " +
          "UPDATE SET events = events + excluded.batch - CASE WHEN " +
          "ack = excluded.ack AND ack <> '' THEN min(batch, excluded.batch) " +
          "ELSE 0 END, ack = excluded.ack, batch = excluded.batch",
        params: [type, count, events.at(-1)?.ack ?? "", count],
      },
    ]);
  }

  /**
   * Begins a sync: its rows are marked with its number.
   *
   * @returns Whether a full sync that an earlier run began has not ended yet.
   */
  async begin(
    { kind, startedAt, types = ALL_TYPES }: SyncPass,
  ): Promise<boolean> {
    await this.#lease.acquire();
    const state = await readState(this.#database);
    const { sync, statements } = beginSync(state, {
      isFull: kind === "full",
      startedAt,
      types,
      sessionKey: this.#sessionKey ?? null,
    });
    if (statements.length > 0) await this.#lease.write(statements);
    this.#sync = sync;
    return state.fullSyncNumber !== null;
  }

  /**
   * Ends a sync: removes what a full one did not bring, and what deletes have only
   * implied. Until then, readers see what was there before.
   */
  async end({ isQuiet = true }: Partial<EndedPass> = {}): Promise<void> {
    const state = await readState(this.#database);
    const candidates = await this.#database.all(HAS_CANDIDATES, []);
    await this.#lease.write([
      ...endSync(state, this.#sync, {
        isQuiet,
        hasCandidates: candidates.length > 0,
        endedAt: this.#now(),
      }),
      this.#lease.giveBack(),
    ]);
  }

  /** Empties the mirror at once: only a run with `reset: true` asks for it. */
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

/**
 * Opens a mirror in a database, makes its tables, and brings those of an older
 * version of this library forward.
 *
 * @throws {TypeError} If there is no user.
 * @throws {MirrorError} If the mirror is another user's, or of a newer version.
 *
 * @example A library that can be queried
 * ```ts
 * import { createMirror, sqlite } from "@immich-edge/sync/mirror";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { DatabaseSync } from "node:sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * server.library.addAsset({ originalFileName: "beach.jpg" });
 * const session = server.createSession();
 *
 * const database = new DatabaseSync(":memory:");
 * const mirror = await createMirror(sqlite(database), { userId: server.user.id });
 * await mirror.sync(session, { fetch: server.fetch });
 *
 * const row = database.prepare("SELECT original_file_name FROM timeline").get();
 * assertEquals(row?.original_file_name, "beach.jpg");
 * assertEquals((await mirror.status()).rows.assets, 1);
 * ```
 */
export async function createMirror(
  database: MirrorDatabase,
  options: MirrorOptions,
): Promise<Mirror> {
  const { userId } = options;
  if (typeof userId !== "string" || userId === "") {
    throw new TypeError(
      `Cannot open the mirror: userId is ${
        JSON.stringify(userId)
      }, it must be the id of a user`,
    );
  }
  await migrate(database, userId);
  return new Mirror(database, options);
}

/** Tells one access token from another, and tells nobody which it is. */
async function toSessionKey({ accessToken }: Session): Promise<string> {
  const bytes = new TextEncoder().encode(accessToken);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0"));
  return hex.slice(0, 16).join("");
}

/**
 * The processor that stores a run's batches in groups.
 *
 * @module
 */
import { type Env, normalizeBaseUrl, type Session } from "../http/mod.ts";
import type {
  SyncBatch,
  SyncEnd,
  SyncProcessor,
  SyncStart,
} from "../sync/mod.ts";
import { beginSync, NO_SYNC, type OpenSync } from "./begin_sync.ts";
import { HAS_CANDIDATES } from "./candidates.ts";
import type { MirrorDatabase } from "./database.ts";
import { endSync } from "./end_sync.ts";
import { Group } from "./group.ts";
import { Lease } from "./lease.ts";
import type { MirrorOptions } from "./mirror_options.ts";
import { checkBatchOwner, checkStatedOwner } from "./ownership.ts";
import { RepeatedDeletes } from "./repeated_deletes.ts";
import { countEvents, readState, setState } from "./state.ts";
import { countAllRows } from "./status.ts";
import { removeAll } from "./sweep.ts";
import { Writer } from "./writes.ts";

/** Returns a row if any stored event had an ack. */
const HAS_ACKS = "SELECT 1 FROM {mirror_events} WHERE ack <> '' LIMIT 1";

/** The maximum time to collect rows, in milliseconds. */
export const MAX_GROUP_MS = 2000;

/**
 * The state of one sync. Each sync has its own, so an aborted run cannot change
 * the next sync's state.
 */
interface Work {
  readonly lease: Lease;
  sync: OpenSync;
  readonly deletes: RepeatedDeletes;
  /** The batches that are not stored yet. */
  group: Group;
}

/** Stores a run's batches. Nothing is durable until `flush` has resolved. */
export class MirrorProcessor implements SyncProcessor {
  /** Rows that cannot be stored are skipped and counted. */
  readonly checksRows = true;
  readonly #database: MirrorDatabase;
  readonly #writer: Writer;
  readonly #userId: string;
  readonly #groupMs: number;
  readonly #env: Env;
  #work: Work;
  /** The server of the last accepted session. */
  #baseUrl: string | null = null;
  /** Identifies the session of the current run. */
  #sessionKey: string | null = null;
  #onRowsBefore: ((rows: number) => void) | undefined;

  /** Creates a processor for a database that is already migrated. */
  constructor(
    database: MirrorDatabase,
    { userId, leaseMs }: Required<Omit<MirrorOptions, "prefix">>,
    env: Env,
  ) {
    this.#database = database;
    this.#writer = new Writer(database);
    this.#userId = userId;
    // Each group renews the lease.
    this.#groupMs = Math.min(leaseMs / 3, MAX_GROUP_MS);
    this.#env = env;
    this.#work = this.#toWork(new Lease(database, leaseMs, env));
  }

  /**
   * Prepares a run that acquires the lease before its sync begins.
   *
   * @param sessionKey Identifies the session of the run.
   * @param onRowsBefore Called before a full sync with the number of rows. If
   * it is absent, the rows are not counted.
   * @returns The lease, which is not held yet.
   */
  open(sessionKey: string, onRowsBefore?: (rows: number) => void): Lease {
    this.#sessionKey = sessionKey;
    this.#onRowsBefore = onRowsBefore;
    this.#work = this.#toWork(this.#work.lease.next());
    return this.#work.lease;
  }

  /** Ends a run. Releases the lease if the run still holds it. */
  async close(): Promise<void> {
    this.#sessionKey = null;
    this.#onRowsBefore = undefined;
    await this.#work.lease.release();
  }

  /**
   * Checks that a session belongs to the mirror's user and server.
   *
   * @throws {MirrorError} If it does not.
   */
  async accept(session: Session): Promise<void> {
    checkStatedOwner(await readState(this.#database), session);
    this.#baseUrl = normalizeBaseUrl(session.baseUrl);
  }

  /**
   * Begins a sync. From then on, each stored row has the number of its batch.
   *
   * @returns Whether a full sync from an earlier run has not ended yet.
   */
  async begin(start: SyncStart): Promise<boolean> {
    const work = this.#work = this.#toWork(this.#work.lease.next());
    const sessionKey = this.#sessionKey;
    const baseUrl = this.#baseUrl;
    await work.lease.acquire();
    if (start.full) await this.#countRows();
    const state = await readState(this.#database);
    const init = { ...start, baseUrl, sessionKey };
    const { sync, statements } = beginSync(state, init);
    if (statements.length > 0) await work.lease.write(statements);
    work.sync = sync;
    return state.fullFromBatch !== null;
  }

  /** Adds a batch to the group. Stores the group when it is full. */
  async process(batch: SyncBatch): Promise<void> {
    checkBatchOwner(batch, this.#userId);
    const work = this.#work;
    const fresh = await work.deletes.skip(batch);
    const number = ++work.sync.lastBatch;
    const stored = this.#writer.store(fresh.batch, number);
    const statements = [
      // A batch's statements read the batch's number from the stored state.
      setState("batch_number = ?", number),
      ...stored.statements,
      countEvents(batch, fresh.ack, stored),
    ];
    if (!work.group.hasRoomFor(statements)) await this.#store(work);
    work.group.add(statements);
    if (work.group.isFull(this.#env.now())) await this.#store(work);
  }

  /** Stores the group and its position in the stream in one transaction. */
  async flush(): Promise<void> {
    await this.#store(this.#work);
  }

  /**
   * Ends a sync. Removes rows that were missing from a full sync, and rows
   * whose removal was only implied by a delete. Until then, readers still see
   * these rows.
   */
  async end({ quiet, snapshot }: SyncEnd): Promise<void> {
    const work = this.#work;
    await this.#store(work);
    const { lease, sync } = work;
    const state = await readState(this.#database);
    const has = async (sql: string) =>
      (await this.#database.all(sql, [])).length > 0;
    // Some servers send acks only for some types.
    const isSnapshot = snapshot && !await has(HAS_ACKS);
    await lease.write([
      ...endSync(state, sync, {
        quiet,
        isSnapshot,
        hasCandidates: await has(HAS_CANDIDATES),
        endedAt: this.#env.now(),
      }),
      lease.toRelease(),
    ]);
  }

  /** Empties the mirror. Called only by a run with `full: "wipe"`. */
  async reset(): Promise<void> {
    const { lease } = this.#work;
    await lease.acquire();
    await this.#countRows();
    await lease.write([...removeAll(), setState("asked_families = '[]'")]);
  }

  /** Counts the rows for a progress report. The full sync itself costs far more. */
  async #countRows(): Promise<void> {
    const onRowsBefore = this.#onRowsBefore;
    onRowsBefore?.(await countAllRows(this.#database));
  }

  async #store(work: Work): Promise<void> {
    const { statements } = work.group;
    if (statements.length === 0) return;
    work.group = this.#toGroup();
    await work.lease.write(statements);
  }

  #toWork(lease: Lease): Work {
    const deletes = new RepeatedDeletes(this.#database);
    return { lease, sync: { ...NO_SYNC }, deletes, group: this.#toGroup() };
  }

  #toGroup(): Group {
    return new Group(this.#database, this.#env.now() + this.#groupMs);
  }
}

/** A server, the clients of one user, and what the user's copy holds. */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  isImmichError,
  type ServerVersion,
  type Session,
  supportedSyncTypes,
  sync,
  type SyncBatch,
  syncBatches,
  type SyncOptions,
  type SyncRequestType,
  type SyncResult,
} from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { Copy } from "../support/copy.ts";
import { type Deed, perform } from "../support/mischief.ts";
import type { Disturbance, RunPlan } from "./plan.ts";
import { Witness } from "./witness.ts";

const HOUR_MS = 60 * 60 * 1000;

/** What is asked for, whatever the server: it is adapted. */
const TYPES = supportedSyncTypes({ major: 3, minor: 1, patch: 0 });

/** Longest line that is taken, so that one that is too long is short. */
export const MAX_LINE_BYTES = 20_000;

/** What can come of a run. */
export type Outcome =
  | "complete"
  | "resumed"
  | "reset"
  | "skipped"
  | "aborted"
  | "crashed"
  | "left"
  | "given up";

/** Stores a batch, and says whether to leave the loop. */
type Store = (batch: SyncBatch) => boolean;

export class World {
  readonly server: FakeImmich;
  readonly #users: string[];
  /** What has come of the runs, for whoever wants to know that everything was tried. */
  readonly seen: Set<Outcome> = new Set();
  readonly #copy: Copy;
  readonly #sweeps: boolean;
  readonly #commits: (() => void)[] = [];
  /** Whether something was committed late, and not everything came since. */
  #misses = false;
  #session: Session;
  #time = Date.parse("2026-11-23T09:00:00.000Z");

  /**
   * Sets up a server of a version with three users, and the copy of one of them.
   *
   * @param sweeps Whether the copy marks and sweeps, or is wiped.
   */
  constructor(version: ServerVersion, sweeps: boolean) {
    this.#sweeps = sweeps;
    const now = () => this.#time;
    this.server = new FakeImmich({ version, now });
    const { library, user } = this.server;
    const others = ["bob", "eve"].map((name) =>
      library.addUser({ email: `${name}@immich.test` }).id
    );
    this.#users = [user.id, ...others];
    for (const id of this.#users) {
      const own = library.as(id);
      const assets = [1, 2, 3].map(() => own.addAsset().id);
      own.addAlbum({}, assets.slice(1));
    }
    this.#copy = new Copy(user.id);
    this.#session = this.server.createSession();
  }

  /** Somebody does something on the server. */
  change(deed: Deed): void {
    this.#time++;
    perform(this.server, this.#users, deed);
  }

  /**
   * Somebody does something that takes its place now and is committed after the
   * next run: the copy may miss it until everything comes anew.
   */
  changeLate(deed: Deed): void {
    const change = () => void perform(this.server, this.#users, deed);
    this.#commits.push(this.server.commitLater(change));
  }

  /** The server wants the client to start over. */
  requestReset(): void {
    this.server.requestReset(this.#session);
  }

  /** The client starts anew, from the session as it was stored. */
  restart(): void {
    this.#session = JSON.parse(JSON.stringify(this.#session));
  }

  /**
   * Time passes, and the server forgets old deletes. Nothing can tell a client
   * that has never completed a stream of what was forgotten meanwhile: it has to
   * wipe its copy by itself.
   */
  async pass(hours: number): Promise<void> {
    if (hours >= 31 * 24) await this.run({ plan: {} });
    this.#time += hours * HOUR_MS;
    this.server.forgetDeletes();
  }

  /** One run, disturbed or not; ends as it has to. */
  async run(
    { plan, disturbance = {} }: { plan: RunPlan; disturbance?: Disturbance },
  ): Promise<void> {
    const { server } = this;
    const struck = this.#inject(disturbance);
    const { stop } = disturbance;
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new Error("stopped by the user");
    const failure = new Error("disk full");
    const witness = new Witness(server.fetch, (number) => {
      if (stop?.how === "abort" && number > stop.at) controller.abort(reason);
    });
    const batchesPerAck = plan.pulls === true ? plan.batchesPerAck ?? 1 : 1;
    let batches = 0;
    const store: Store = (batch) => {
      batches++;
      if (disturbance.meanwhile?.at === batches) {
        this.#meanwhile(disturbance.meanwhile.what);
      }
      const stops = batches === stop?.at;
      if (stops && stop?.how === "fail before") throw failure;
      witness.gives(batch.events);
      for (const { data } of batch.events) {
        this.#copy.apply({ type: batch.type, data });
      }
      if (batches % batchesPerAck === 0) witness.stored();
      if (stops && stop?.how === "fail after") throw failure;
      if (stops && stop?.how === "abort in batch") controller.abort(reason);
      return stops && stop.how === "leave";
    };
    const options: SyncOptions = {
      ...plan.options,
      fetch: witness.fetch,
      signal,
      now: () => this.#time,
      random: () => 0,
      sleep: () => Promise.resolve(),
      maxLineBytes: MAX_LINE_BYTES,
      ...(struck > 0 ? { idleTimeoutMs: 10 } : {}),
    };
    let result: SyncResult | undefined;
    let error: unknown;
    try {
      result = plan.pulls === true
        ? await this.#pull(options, witness, store)
        : await this.#push(options, witness, store);
    } catch (thrown) {
      error = thrown;
    }
    witness.verdict();
    const pending = server.pendingFaults;
    server.clearFaults();
    assertEquals(server.openStreams, 0, "a body is not released");
    if (error === undefined) this.#note(result);
    else if (signal.aborted) {
      assertStrictEquals(error, reason);
      this.seen.add("aborted");
    } else if (error === failure) this.seen.add("crashed");
    else if (struck > 0 && isImmichError(error)) this.seen.add("given up");
    else throw error;
    const bound = 12 + 2 * batches + 9 * (struck - pending);
    assert(
      witness.requests <= bound,
      `${witness.requests} > ${bound} requests`,
    );
    if (result?.lastFullAt !== undefined) this.#misses = false;
    if (result?.complete && disturbance.meanwhile === undefined) {
      this.#compare();
    }
    for (const commit of this.#commits.splice(0)) {
      commit();
      this.#misses = true;
    }
  }

  /** An undisturbed run: after it, the copy has to hold what the server holds. */
  async settle(): Promise<void> {
    await this.run({ plan: {} });
    if (this.#misses) await this.run({ plan: { options: { full: true } } });
    this.#compare();
  }

  #note(result: SyncResult | undefined): void {
    if (result === undefined) return void this.seen.add("left");
    if (result.complete) this.seen.add("complete");
    if (result.attempts > 1 + result.resets) this.seen.add("resumed");
    if (result.resets > 0) this.seen.add("reset");
    if (result.skipped > 0) this.seen.add("skipped");
  }

  #meanwhile(what: Deed | "reset"): void {
    if (what === "reset") this.requestReset();
    else this.change(what);
  }

  #compare(): void {
    if (this.#misses) return;
    this.#copy.prune();
    assertEquals(this.#copy.toSnapshot(), this.server.snapshot());
  }

  /** Lets things go wrong; gives how many requests they will strike. */
  #inject({ faults = [] }: Disturbance): number {
    for (const [first, ...more] of faults) {
      if (first) this.server.inject(first, ...more);
    }
    return this.server.pendingFaults;
  }

  async #push(
    options: SyncOptions,
    witness: Witness,
    store: Store,
  ): Promise<SyncResult> {
    const processor = this.#copy.processor({ sweeps: this.#sweeps });
    return await sync<SyncRequestType>(this.#session, TYPES, {
      ...processor,
      process: (batch) => void store(batch),
      async reset() {
        await processor.reset();
        witness.voided();
      },
      ...(processor.begin === undefined ? {} : {
        async begin(pass) {
          await processor.begin?.(pass);
          witness.voided();
        },
      }),
    }, options);
  }

  async #pull(
    options: SyncOptions,
    witness: Witness,
    store: Store,
  ): Promise<SyncResult | undefined> {
    const batches = syncBatches<SyncRequestType>(this.#session, TYPES, options);
    try {
      while (true) {
        const { done, value } = await batches.next();
        if (done) return value;
        if (value.type === "SyncResetV1") {
          this.#copy.wipe();
          witness.voided();
          continue;
        }
        const leaves = store(value);
        if (witness.isStored) await value.ack();
        if (leaves) return undefined;
      }
    } finally {
      await batches.return(undefined as never);
    }
  }
}

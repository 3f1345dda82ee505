/** A server, a user's client, and that user's copy. */
import type { ServerVersion, Session, SyncResult } from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { perform, type UserAction } from "../support/user_actions.ts";
import { assertHolds, type Replica, type ReplicaFactory } from "./replica.ts";
import type { Disturbance, RunPlan } from "./plan.ts";
import { ModelRun, type Outcome } from "./run.ts";

const HOUR_MS = 60 * 60 * 1000;

export class World {
  readonly server: FakeImmich;
  readonly #version: ServerVersion;
  /**
   * The outcomes so far, so that tests can check that each outcome occurred.
   */
  readonly seen: Set<Outcome> = new Set();
  readonly #users: string[];
  readonly #commits: (() => void)[] = [];
  readonly #now = () => this.#time;
  #replica: Replica | undefined;
  /** Whether a change was committed late and no full sync has followed. */
  #missesChanges = false;
  #session: Session;
  #time = Date.parse("2026-11-23T09:00:00.000Z");

  /** Creates a server with three users; the first one has the copy. */
  private constructor(version: ServerVersion) {
    this.#version = version;
    this.server = new FakeImmich({ version, now: this.#now });
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
    // Related rows are visible for more than one reason.
    const [bob, eve] = others.map((id) => library.as(id));
    bob!.addPartner(user.id);
    for (const other of [bob!, eve!]) {
      const [album] = other.albums;
      other.shareAlbum(album!.id, user.id);
    }
    eve!.addPartner(others[0]!);
    bob!.addToAlbum(bob!.albums[0]!.id, [eve!.assets[0]!.id]);
    this.#session = this.server.createSession();
  }

  /** Creates a server and a copy of the given kind. */
  static async create(
    version: ServerVersion,
    openReplica: ReplicaFactory,
  ): Promise<World> {
    const world = new World(version);
    world.#replica = await openReplica(world.server.user.id, world.#now);
    return world;
  }

  /** Performs a user action on the server. */
  change(action: UserAction): void {
    this.#time++;
    perform(this.server, this.#users, action);
  }

  /**
   * Performs a user action whose change gets its position now but is committed
   * after the next run, so the copy may miss the change until the next full
   * sync.
   */
  changeLate(action: UserAction): void {
    const change = () => void perform(this.server, this.#users, action);
    this.#commits.push(this.server.commitLater(change));
  }

  /** Makes the server request a reset. */
  requestReset(): void {
    this.server.requestReset(this.#session);
  }

  /** Restarts the client after an hour, from the stored session and copy. */
  async restart(): Promise<void> {
    this.#time += HOUR_MS;
    this.#session = JSON.parse(JSON.stringify(this.#session));
    await this.#replica?.restart();
  }

  /**
   * Lets time pass until the server forgets old deletes. A client that never
   * completed a stream does not learn what the server forgot, so such a client
   * would have to wipe its own copy.
   */
  async passTime(hours: number): Promise<void> {
    if (hours >= 31 * 24) await this.run({ plan: {} });
    this.#time += hours * HOUR_MS;
    this.server.forgetDeletes();
  }

  /** Runs once. If the run completes, the copy must be right. */
  async run(
    { plan, disturbance = {} }: { plan: RunPlan; disturbance?: Disturbance },
  ): Promise<void> {
    let hasEnded = false;
    const { result, outcomes } = await new ModelRun({
      server: this.server,
      version: this.#version,
      session: this.#session,
      processor: this.#replica!.processor,
      now: this.#now,
      plan,
      disturbance,
      meanwhile: () => this.#meanwhile(disturbance),
      onStream: (index) => {
        for (const { when, action } of disturbance.moves?.[index] ?? []) {
          const change = () => hasEnded || this.change(action);
          this.server.changeDuringStream(when, change);
        }
      },
    }).play();
    hasEnded = true; // Changes for streams that were never requested stay queued.
    for (const outcome of outcomes) this.seen.add(outcome);
    if (result?.more === false) this.#replica!.complete?.();
    await this.#compare(result, disturbance);
    for (const commit of this.#commits.splice(0)) {
      commit();
      this.#missesChanges = true;
    }
  }

  /**
   * Runs without disturbances. After the first run, no row is missing. The
   * second run removes the rows whose removal is implied by deletes, and a full
   * sync then removes all other extra rows.
   */
  async settle(): Promise<void> {
    const { user } = this.server;
    const holds = (when: "after two quiet runs" | "after a full sync") =>
      assertHolds(this.#replica!, this.server.snapshot(), {
        userId: user.id,
        when,
      });
    await this.run({ plan: {} });
    await this.run({ plan: {} });
    if (!this.#missesChanges) await holds("after two quiet runs");
    await this.run({ plan: { options: { full: true } } });
    await holds("after a full sync");
  }

  #meanwhile({ meanwhile }: Disturbance): void {
    if (meanwhile?.what === "reset") this.requestReset();
    else if (meanwhile !== undefined) this.change(meanwhile.what);
  }

  async #compare(
    result: SyncResult | undefined,
    { meanwhile, moves }: Disturbance,
  ): Promise<void> {
    if (result?.lastFullAt !== undefined) this.#missesChanges = false;
    if (!result?.complete || this.#missesChanges) return;
    if (meanwhile !== undefined || moves !== undefined) return;
    const { user } = this.server;
    const scope = { userId: user.id, when: "after a run" } as const;
    await assertHolds(this.#replica!, this.server.snapshot(), scope);
  }
}

/** A server, the clients of one user, and what the user's copy holds. */
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
  /** What has come of the runs, for whoever wants to know that everything was tried. */
  readonly seen: Set<Outcome> = new Set();
  readonly #users: string[];
  readonly #commits: (() => void)[] = [];
  readonly #now = () => this.#time;
  #replica: Replica | undefined;
  /** Whether something was committed late, and not everything came since. */
  #misses = false;
  #session: Session;
  #time = Date.parse("2026-11-23T09:00:00.000Z");

  /** Sets up a server of a version with three users; the first of them has the copy. */
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
    // What belongs together is seen in more than one way.
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

  /** Sets up a server of a version, and a copy that is kept in some way. */
  static async create(
    version: ServerVersion,
    openReplica: ReplicaFactory,
  ): Promise<World> {
    const world = new World(version);
    world.#replica = await openReplica(world.server.user.id, world.#now);
    return world;
  }

  /** Somebody does something on the server. */
  change(action: UserAction): void {
    this.#time++;
    perform(this.server, this.#users, action);
  }

  /**
   * Somebody does something that takes its place now and is committed after the
   * next run: the copy may miss it until everything comes anew.
   */
  changeLate(action: UserAction): void {
    const change = () => void perform(this.server, this.#users, action);
    this.#commits.push(this.server.commitLater(change));
  }

  /** The server wants the client to start over. */
  requestReset(): void {
    this.server.requestReset(this.#session);
  }

  /** The client starts anew after a while, from the session and the copy as they were stored. */
  async restart(): Promise<void> {
    this.#time += HOUR_MS;
    this.#session = JSON.parse(JSON.stringify(this.#session));
    await this.#replica?.restart();
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

  /** One run, disturbed or not; if everything came, the copy has to be right. */
  async run(
    { plan, disturbance = {} }: { plan: RunPlan; disturbance?: Disturbance },
  ): Promise<void> {
    let isOver = false;
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
          const change = () => isOver || this.change(action);
          this.server.changeDuringStream(when, change);
        }
      },
    }).play();
    isOver = true; // A stream that never came leaves its changes behind.
    for (const outcome of outcomes) this.seen.add(outcome);
    if (result !== undefined) this.#replica!.complete?.();
    await this.#compare(result, disturbance);
    for (const commit of this.#commits.splice(0)) {
      commit();
      this.#misses = true;
    }
  }

  /**
   * Undisturbed, no row is missing. What deletes only imply is gone after another
   * run, and whatever else is left after a full one.
   */
  async settle(): Promise<void> {
    const { user } = this.server;
    const holds = (when: "at rest" | "after a full sync") =>
      assertHolds(this.#replica!, this.server.snapshot(), {
        userId: user.id,
        when,
      });
    await this.run({ plan: {} });
    await this.run({ plan: {} });
    if (!this.#misses) await holds("at rest");
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
    if (result?.lastFullAt !== undefined) this.#misses = false;
    if (!result?.complete || this.#misses) return;
    if (meanwhile !== undefined || moves !== undefined) return;
    const { user } = this.server;
    const scope = { userId: user.id, when: "after a run" } as const;
    await assertHolds(this.#replica!, this.server.snapshot(), scope);
  }
}

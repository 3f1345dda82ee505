/** Copies of a server after any user actions and any sequence of syncs. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { FakeImmich, type FakeLibrary } from "../../src/testing/mod.ts";
import { Copy } from "../support/copy.ts";
import {
  allTypes,
  Device,
  type Line,
  RELEASES,
  typesOf,
} from "../support/device.ts";
import {
  ACTION_NAMES,
  perform,
  type UserAction,
} from "../support/user_actions.ts";
import { assertProperty } from "../support/property.ts";
import { assertSameRows, reachable } from "../support/snapshots.ts";

/** How a device syncs: completely, or only in part, with or without acks. */
type Sync = { kind: "complete" } | {
  kind: "part";
  share: number;
  acks: boolean;
};

type Step = UserAction | Sync;

const number = fc.nat({ max: 1000 });

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record<UserAction>({
        name: fc.constantFrom(...ACTION_NAMES),
        who: number,
        which: number,
        other: number,
      }),
    },
    { weight: 1, arbitrary: fc.constant<Sync>({ kind: "complete" }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("part" as const),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        acks: fc.boolean(),
      }),
    },
  ),
  { minLength: 20, maxLength: 120 },
);

/**
 * Three users, a device that belongs to one of them, and the copy on that
 * device.
 */
class World {
  readonly server: FakeImmich;
  readonly device: Device;
  readonly types: string[];
  readonly #userIds: string[];
  readonly #copy: Copy;

  constructor(release: string) {
    const version = RELEASES[release]!;
    this.server = new FakeImmich({ version });
    const { library, user } = this.server;
    const others = ["bob", "eve"].map((name) =>
      library.addUser({ email: `${name}@immich.test` }).id
    );
    this.#userIds = [user.id, ...others];
    this.#copy = new Copy(user.id);
    // Other users' items are older than what the user has synced, so sharing
    // them causes a backfill.
    for (const id of this.#userIds.toReversed()) fill(library.as(id));
    library.as(others[1]!).addPartner(user.id);
    this.device = new Device(this.server);
    this.types = allTypes(version);
  }

  async take(step: Step): Promise<void> {
    if ("name" in step) perform(this.server, this.#userIds, step);
    else if (step.kind === "complete") await this.syncCompletely();
    else {
      const lines = await this.device.stream(this.types);
      // Interrupts a backfill if there is one, because backfills resume in a
      // special way.
      const rows = lines.filter(({ type }) => type.includes("Backfill"));
      const candidates = rows.length > 0 ? rows : lines;
      const last =
        candidates[Math.floor(step.share * (candidates.length - 1))]!;
      const part = lines.slice(0, lines.indexOf(last) + 1)
        .filter(({ type }) => type !== "SyncCompleteV1");
      for (const line of part) this.#copy.apply(line);
      if (step.acks) await this.device.acknowledge(part);
    }
  }

  /**
   * Syncs completely: the copy matches the server, and nothing is sent again.
   */
  async syncCompletely(): Promise<void> {
    const lines = await this.device.sync(this.types);
    assertAscending(lines);
    for (const line of lines) this.#copy.apply(line);
    this.#copy.complete();
    const { id } = this.server.user;
    const snapshot = this.server.snapshot();
    assertSameRows(reachable(this.#copy.tables, id), snapshot);
    const rest = typesOf(await this.device.stream(this.types));
    assertEquals(rest.filter((type) => type !== "SyncCompleteV1"), []);
  }
}

/** Adds every kind of row that can be changed or shared. */
function fill(library: FakeLibrary): void {
  const ids = [..."abc"].map(() => library.addAsset().id);
  library.addAlbum({}, ids);
  library.addStack([ids[0]!, ids[1]!]);
  library.addMemory({}, ids);
  library.addFace(ids[0]!, { personId: library.addPerson().id });
}

/**
 * Checks that the positions within a type ascend; equal positions belong to a
 * repeated row.
 */
function assertAscending(lines: Line[]): void {
  const last = new Map<string, string>();
  for (const { type, ack } of lines) {
    if (type === "SyncAckV1") continue;
    const position = ack.slice(ack.indexOf("|"));
    assert((last.get(type) ?? "") <= position, `${type} ${position}`);
    last.set(type, position);
  }
}

/** Asserts that a copy matches the server after random actions and syncs. */
export async function assertCopiesMatch(
  release: string,
  numRuns: number,
): Promise<void> {
  await assertProperty(
    fc.asyncProperty(steps, async (steps) => {
      const world = new World(release);
      await world.syncCompletely();
      for (const step of steps) await world.take(step);
      await world.syncCompletely();
    }),
    { numRuns },
  );
}

/**
 * Asserts that a first stream has the rows of the snapshot after random actions.
 */
export async function assertFirstStreamsMatch(
  release: string,
  numRuns: number,
): Promise<void> {
  await assertProperty(
    fc.asyncProperty(steps, async (steps) => {
      const world = new World(release);
      for (const step of steps) await world.take(step);
      const copy = new Copy(world.server.user.id);
      const fresh = new Device(world.server);
      const lines = await fresh.stream(world.types);
      assertAscending(lines);
      for (const line of lines) copy.apply(line);
      assertSameRows(copy.tables, world.server.snapshot());
    }),
    { numRuns },
  );
}

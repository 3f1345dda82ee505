/** The commands that are combined into sequences by fast-check. */
import fc from "fast-check";
import {
  arbitraryAction,
  arbitraryDisturbance,
  arbitraryMoves,
  arbitraryPlan,
} from "./plan.ts";
import type { World } from "./world.ts";

type Command = fc.AsyncCommand<World, World>;

/** A command that can always run. */
class Step implements Command {
  readonly #name: string;
  readonly #run: (world: World) => void | Promise<void>;

  constructor(name: string, run: (world: World) => void | Promise<void>) {
    this.#name = name;
    this.#run = run;
  }

  check(): boolean {
    return true;
  }

  async run(_model: World, world: World): Promise<void> {
    await this.#run(world);
  }

  toString(): string {
    return this.#name;
  }
}

function named<T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  run: (world: World, value: T) => void | Promise<void>,
): fc.Arbitrary<Command> {
  return arbitrary.map((value) =>
    new Step(`${name} ${JSON.stringify(value)}`, (world) => run(world, value))
  );
}

const change = named(
  "change",
  arbitraryAction,
  (world, action) => world.change(action),
);
const lateChange = named(
  "late change",
  arbitraryAction,
  (world, action) => world.changeLate(action),
);
const undisturbedRun = named("run", arbitraryPlan, async (world, plan) => {
  await world.run({ plan });
});
const changingRun = named(
  "run while the library changes",
  fc.record({ plan: arbitraryPlan, moves: arbitraryMoves }),
  async (world, { plan, moves }) =>
    await world.run({ plan, disturbance: { moves } }),
);
const disturbedRun = named(
  "disturbed run",
  fc.record({ plan: arbitraryPlan, disturbance: arbitraryDisturbance }),
  async (world, run) => await world.run(run),
);
/**
 * Once a later delete by another partner has been acknowledged, the server
 * never reports what a partner deleted while not sharing.
 */
const returningPartner = named(
  "partner deletes an asset between two shares",
  fc.record({
    plan: arbitraryPlan,
    disturbance: arbitraryDisturbance,
    which: fc.nat(2),
  }),
  async (world, { which, ...run }) => {
    const [bob, eve] = [1, 2].map((who) => (name: string, which = 0) =>
      world.change({ name, who, which, other: 0 })
    );
    eve!("addPartner");
    bob!("removePartner");
    bob!("deleteAsset", which);
    eve!("deleteAsset", which);
    await world.run(run);
    bob!("addPartner");
  },
);
const passTime = named(
  "time passes",
  fc.constantFrom(1, 24, 31 * 24 + 1),
  async (world, hours) => await world.passTime(hours),
);
const none = fc.constant("");

/** The commands. Likely ones are listed more than once. */
export const COMMANDS: fc.Arbitrary<Command>[] = [
  change,
  change,
  change,
  change,
  lateChange,
  undisturbedRun,
  changingRun,
  changingRun,
  disturbedRun,
  disturbedRun,
  returningPartner,
  named("reset requested", none, (world) => world.requestReset()),
  named("restart", none, (world) => world.restart()),
  passTime,
];

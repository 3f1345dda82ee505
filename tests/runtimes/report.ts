/** What has come of the tests in each runtime, in words. */
import type { Outcome } from "./inside/cases.ts";

export type { Outcome } from "./inside/cases.ts";

/** An outcome, and which of how many it is. */
export type Numbered = Outcome & { index: number; of: number };

/** What has come of all tests in one runtime. */
export interface Result {
  /** The runtime and its version: `node 20.20.2`. */
  runtime: string;
  outcomes: Numbered[];
  /** Why there are no others. */
  trouble?: string;
}

/** Whether every test has run, and none failed. */
export function isGood({ outcomes, trouble }: Result): boolean {
  const whole = outcomes.length > 0 && outcomes.length === outcomes[0]!.of;
  return whole && trouble === undefined && count(outcomes, "failed") === 0;
}

/** The result as a console shows it: what failed, what was skipped and why, and how many. */
export function toText(result: Result): string {
  const { runtime, outcomes, trouble } = result;
  const told = outcomes.filter(({ state }) => state !== "passed")
    .map(({ name, state, reason }) =>
      `${runtime}: ${state}: ${name}: ${reason}`
    );
  if (trouble !== undefined) told.push(`${runtime}: ${trouble}`);
  if (outcomes.length !== outcomes[0]?.of) {
    told.push(`${runtime}: it ended before all tests had run`);
  }
  const counts = (["passed", "failed", "skipped"] as const)
    .map((state) => `${count(outcomes, state)} ${state}`);
  return [...told, `${runtime}: ${counts.join(", ")}`].join("\n");
}

/** The results as a table, for the README. */
export function toTable(results: Result[]): string {
  const rows = results.map(({ runtime, outcomes }) => {
    const [name, version] = runtime.split(" ");
    const reasons = new Set(
      outcomes.filter(({ state }) => state === "skipped")
        .map(({ reason }) => reason),
    );
    const skipped = count(outcomes, "skipped");
    const why = skipped === 0 ? "" : `${skipped}: ${[...reasons].join("; ")}`;
    return [name!, version!, `${count(outcomes, "passed")}`, why];
  });
  return [
    ["runtime", "version", "passed", "skipped"],
    ["---", "---", "---", "---"],
    ...rows,
  ].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function count(outcomes: Outcome[], state: Outcome["state"]): number {
  return outcomes.filter((outcome) => outcome.state === state).length;
}

/** The results of the tests in each runtime, as text. */
import type { Outcome } from "./inside/cases.ts";

export type { Outcome } from "./inside/cases.ts";

/** An outcome, with the index of its test and the number of tests. */
export type Numbered = Outcome & { index: number; of: number };

/** The results of all tests in one runtime. */
export interface Result {
  /** The runtime and its version: `node 20.20.2`. */
  runtime: string;
  outcomes: Numbered[];
  /** Why the remaining tests have no outcome. */
  problem?: string;
}

/** Returns whether every test has run and none has failed. */
export function isGood({ outcomes, problem }: Result): boolean {
  const isComplete = outcomes.length > 0 && outcomes.length === outcomes[0]!.of;
  return isComplete && problem === undefined && count(outcomes, "failed") === 0;
}

/**
 * Formats a result for the console: failures, skipped tests with reasons, and
 * counts.
 */
export function toText(result: Result): string {
  const { runtime, outcomes, problem } = result;
  const lines = outcomes.filter(({ state }) => state !== "passed")
    .map(({ name, state, reason }) =>
      `${runtime}: ${state}: ${name}: ${reason}`
    );
  if (problem !== undefined) lines.push(`${runtime}: ${problem}`);
  if (outcomes.length !== outcomes[0]?.of) {
    lines.push(`${runtime}: it ended before all tests had run`);
  }
  const counts = (["passed", "failed", "skipped"] as const)
    .map((state) => `${count(outcomes, state)} ${state}`);
  return [...lines, `${runtime}: ${counts.join(", ")}`].join("\n");
}

/** Formats the results as a table for the README. */
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

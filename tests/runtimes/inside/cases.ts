/** Runs the tests in a bundle one by one, in any runtime. */
import { inTime } from "../../support/events.ts";
import { setControl } from "./control.ts";
import { inspect } from "./support/inspect.ts";
import { cases, type RuntimeName } from "./support/test.ts";

/** A generous limit for one test. */
const LIMIT_MS = 600_000;

/** Where tests run, and where their servers are. */
export interface Place {
  runtime: RuntimeName;
  control: string;
}

/** A test's outcome. */
export interface Outcome {
  name: string;
  state: "passed" | "failed" | "skipped";
  /** Why the test failed or was skipped. */
  reason?: string;
}

/** Returns the number of tests. */
export function countCases(): number {
  return cases.length;
}

/** Runs one test. */
export async function runCase(
  index: number,
  { runtime, control }: Place,
): Promise<Outcome> {
  const { name, fn, not } = cases[index]!;
  const reason = not[runtime];
  if (reason !== undefined) return { name, state: "skipped", reason };
  setControl(control);
  try {
    const late = new Error(`Timed out after ${LIMIT_MS} ms`);
    await inTime(Promise.resolve(fn()), LIMIT_MS, late);
    return { name, state: "passed" };
  } catch (error) {
    return { name, state: "failed", reason: inspect(error) };
  }
}

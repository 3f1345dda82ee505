/** Runs the tests of a bundle one by one, whatever the runtime. */
import { inTime } from "../../support/events.ts";
import { setControl } from "./control.ts";
import { inspect } from "./support/inspect.ts";
import { cases, type RuntimeName } from "./support/test.ts";

/** Far longer than a test takes on any machine. */
const LIMIT_MS = 600_000;

/** Where tests run, and where the servers for them are. */
export interface Place {
  runtime: RuntimeName;
  control: string;
}

/** What has come of a test. */
export interface Outcome {
  name: string;
  state: "passed" | "failed" | "skipped";
  /** Why it is not passed. */
  reason?: string;
}

/** How many tests there are. */
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
    const late = new Error(`It takes longer than ${LIMIT_MS} ms`);
    await inTime(Promise.resolve(fn()), LIMIT_MS, late);
    return { name, state: "passed" };
  } catch (error) {
    return { name, state: "failed", reason: inspect(error) };
  }
}

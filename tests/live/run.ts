/** Runs the live suite, and leaves the server as it was. */
import { isImmichError } from "@immich-edge/sync";
import {
  type Check,
  format,
  type Outcome,
  runChecks,
  summarize,
} from "./check.ts";
import { CALL_CHECKS } from "./checks/calls.ts";
import { OAUTH_CHECKS } from "./checks/oauth.ts";
import { STREAM_CHECKS } from "./checks/streams.ts";
import { TYPE_CHECKS } from "./checks/types.ts";
import { MIRROR_CHECKS } from "./checks/mirror.ts";
import type { LiveOptions } from "./options.ts";
import { Stage } from "./stage.ts";

/** All checks, in the order in which they run. */
export const CHECKS: readonly Check[] = [
  ...CALL_CHECKS,
  ...OAUTH_CHECKS,
  ...STREAM_CHECKS,
  ...TYPE_CHECKS,
  ...MIRROR_CHECKS,
];

/**
 * Runs the checks against a server.
 *
 * @param print Prints a line of the report.
 * @returns The exit code.
 */
export async function runLive(
  options: LiveOptions,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<number> {
  const stage = await open(options, signal, print);
  if (stage === undefined) return signal.aborted ? 130 : 2;
  const { major, minor, patch } = stage.version;
  const { server, seed, changes, only } = options;
  print(`Immich ${major}.${minor}.${patch} at ${server}`);
  const start = performance.now();
  const outcomes: Outcome[] = [];
  const checks = CHECKS.filter(({ name }) =>
    name.toLowerCase().includes(only.toLowerCase())
  );
  let left: string[];
  try {
    for await (const outcome of runChecks(checks, stage)) {
      outcomes.push(outcome);
      print(format(outcome));
    }
  } finally {
    left = await stage.close().catch((error) => [error.message]);
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  print(
    left.length === 0
      ? "The server is as it was before."
      : `The server is not as it was before: ${left.join(", ")}`,
  );
  print(
    `${
      summarize(outcomes)
    } (${seconds} s, --seed ${seed} --changes ${changes})`,
  );
  if (signal.aborted) return 130;
  const isGood = outcomes.length > 0 && left.length === 0 &&
    outcomes.every(({ result }) => result !== "failed");
  return isGood ? 0 : 1;
}

/** Opens the stage, or prints why it cannot be opened. */
async function open(
  options: LiveOptions,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<Stage | undefined> {
  try {
    return await Stage.open(options, signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!isImmichError(error)) throw error;
    print(error.message);
    return undefined;
  }
}

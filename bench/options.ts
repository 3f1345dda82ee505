/**
 * Reads the options of a bench.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { RUNTIMES } from "./runtimes.ts";
import { checkEvents } from "./stream.ts";

/**
 * Reads command-line options, each of which takes a value. If an option is
 * unknown or out of range, prints one sentence and ends the process.
 *
 * @param defaults The options' names and default values.
 * @param runtimes The accepted runtimes.
 */
export function readOptions<Name extends string>(
  defaults: Record<Name, string>,
  runtimes: readonly string[] = Object.keys(RUNTIMES),
): Record<Name, string> {
  const options = Object.fromEntries(
    Object.entries<string>(defaults).map(([name, value]) => [
      name,
      { type: "string", default: value } as const,
    ]),
  );
  try {
    const { values } = parseArgs({ args: Deno.args, options });
    const given = values as Record<Name, string>;
    if ("events" in given) checkEvents(Number(given.events));
    if ("rounds" in given) checkRounds(Number(given.rounds));
    if ("runtime" in given) checkRuntime(given.runtime as string, runtimes);
    return given;
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}

function checkRounds(rounds: number): void {
  if (Number.isSafeInteger(rounds) && rounds > 0) return;
  throw new RangeError(
    `Cannot measure ${rounds} rounds: the number must be a positive integer`,
  );
}

function checkRuntime(runtime: string, runtimes: readonly string[]): void {
  if (runtimes.includes(runtime)) return;
  throw new RangeError(
    `Cannot measure runtime "${runtime}": it must be one of ${
      runtimes.join(", ")
    }`,
  );
}

/**
 * Reads the options of a bench.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { RUNTIMES } from "./runtimes.ts";
import { checkEvents } from "./stream.ts";

/**
 * Reads options of the command line, each with a value. Ends the process with one
 * sentence if an option is unknown or out of range.
 *
 * @param defaults The names of the options, and their values if they are not given.
 * @param runtimes The runtimes to choose from.
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

/**
 * Prints what a command has found in a file.
 *
 * @module
 */
import { EXIT } from "./exit_codes.ts";
import type { Io } from "./io.ts";
import { toJsonLine } from "./json.ts";

/**
 * Prints a result.
 *
 * @param toText Describes the result; without it, the result is printed as JSON.
 * @returns The exit code.
 */
export async function printResult<R extends { ok: boolean }>(
  file: string,
  result: R,
  toText: ((file: string, result: R) => string) | undefined,
  io: Io,
): Promise<number> {
  const text = toText === undefined
    ? toJsonLine({ type: "result", file, ...result })
    : toText(file, result);
  await io.stdout.write(text);
  return result.ok ? EXIT.done : EXIT.differs;
}

/**
 * Runs commands.
 *
 * @module
 */
import { ROOT } from "./files.ts";

/**
 * Runs a command and returns its output, which has no colors. If the command
 * fails, the error contains the output.
 */
export async function run(
  command: string,
  args: string[],
  options: Pick<Deno.CommandOptions, "cwd" | "env"> = {},
): Promise<string> {
  const env = { NO_COLOR: "1", ...options.env };
  const child = new Deno.Command(command, { cwd: ROOT, ...options, args, env });
  const { success, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  if (success) return text.decode(stdout);
  const printed = text.decode(stdout) + text.decode(stderr);
  throw new Error(`Cannot run "${command} ${args.join(" ")}": ${printed}`);
}

/** Runs the current Deno executable. */
export function runDeno(...args: string[]): Promise<string> {
  return run(Deno.execPath(), args);
}

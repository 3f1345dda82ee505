/**
 * Runs Deno with a copy of deno.lock. The original contains only npm packages.
 * Deno adds JSR packages to the copy, with the hashes of the registry that is
 * in use.
 *
 * @module
 */
import { ROOT } from "./files.ts";

/** The environment variable that contains the copy's path. */
const VARIABLE = "LOCK_COPY";

/** The commands that resolve packages. */
const COMMANDS = ["run", "test", "check", "doc", "info", "cache"];

/** A copy of deno.lock. Disposing of it deletes the file. */
export interface LockCopy extends AsyncDisposable {
  /** The environment variables for child processes that start Deno. */
  env: Record<string, string>;
  /** Returns the npm packages that have been used but are not locked. */
  missing(): Promise<string[]>;
}

/** Copies deno.lock, unless a parent process has already copied it. */
export async function copyLock(): Promise<LockCopy> {
  if (Deno.env.has(VARIABLE)) {
    return {
      env: {},
      missing: () => Promise.resolve([]),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const original = new URL("deno.lock", ROOT).pathname;
  const locked = await packagesIn(original);
  const copy = await Deno.makeTempFile({ prefix: "deno-", suffix: ".lock" });
  await Deno.copyFile(original, copy);
  return {
    env: { [VARIABLE]: copy },
    async missing() {
      const used = await packagesIn(copy);
      return used.filter((name) => !locked.includes(name));
    },
    [Symbol.asyncDispose]: () => Deno.remove(copy),
  };
}

async function packagesIn(file: string): Promise<string[]> {
  return Object.keys(JSON.parse(await Deno.readTextFile(file)).npm);
}

/**
 * Makes a Deno command use the copy, if there is one. With a lock file, Deno
 * downloads everything in it, so a command that needs no npm package passes
 * `--no-lock`.
 */
export function withLockCopy(
  args: string[],
  env: Record<string, string> = Deno.env.toObject(),
): string[] {
  const [command = "", ...rest] = args;
  const copy = env[VARIABLE];
  if (copy === undefined || !COMMANDS.includes(command)) return args;
  if (rest.includes("--no-lock")) return args;
  return [command, `--lock=${copy}`, ...rest];
}

/**
 * Finds and ends processes that outlive their parent process.
 *
 * @module
 */

/** A mark that child processes inherit through their environment. */
export interface Mark {
  /** A unique id. */
  id: string;
  /** Environment variables for the process. */
  env: Record<string, string>;
}

/** Creates a mark. */
export function createMark(): Mark {
  const id = crypto.randomUUID();
  // Each mark has its own variable, because both the runner and its tests set marks.
  return { id, env: { [`STARTED_BY_${id.replaceAll("-", "")}`]: id } };
}

/** How long to wait for processes to exit on their own, in milliseconds. */
const GRACE_MS = 10_000;

/**
 * Kills the marked processes that do not exit on their own.
 *
 * @returns The commands of the killed processes; empty on systems without
 * `/proc`.
 */
export async function endProcesses(
  { id }: Mark,
  graceMs: number = GRACE_MS,
): Promise<string[]> {
  const end = performance.now() + graceMs;
  let left = await findProcesses(id);
  while (left.size > 0 && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    left = await findProcesses(id);
  }
  const commands = [...left.values()];
  // A process may have started another one just before it was killed.
  while (left.size > 0) {
    for (const pid of left.keys()) kill(pid);
    left = await findProcesses(id);
  }
  return commands;
}

/** Finds the processes with a mark: id → command. */
async function findProcesses(mark: string): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  if (Deno.build.os !== "linux") return found;
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await read(`/proc/${name}/environ`);
    if (!environment.includes(`=${mark}\0`)) continue;
    const command = await read(`/proc/${name}/cmdline`);
    found.set(Number(name), command.replaceAll("\0", " ").trim());
  }
  return found;
}

/**
 * Reads a process's file in `/proc`. Returns "" if the process has ended or belongs
 * to another user.
 */
async function read(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch(() => "");
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch { /* It has already ended. */ }
}

/**
 * The processes of workerd that this one has started, and what the kernel
 * counts for them: workerd's own clock stands still while code runs.
 *
 * @module
 */

/** What the kernel counts CPU time in. */
const TICKS_PER_SECOND = 100;

/** Ids of the processes of workerd that this process has started. */
export async function findWorkerds(): Promise<string[]> {
  const { stdout } = await new Deno.Command("pgrep", {
    args: ["-P", String(Deno.pid), "workerd"],
  }).output();
  return new TextDecoder().decode(stdout).split("\n").filter(Boolean);
}

/** CPU time of a process so far, in milliseconds. */
export async function cpuTime(id: string): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${id}/stat`);
  // The name of the process is in parentheses, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return ticks * 1000 / TICKS_PER_SECOND;
}

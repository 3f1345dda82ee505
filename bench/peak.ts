/**
 * The peak of a process's memory.
 *
 * @module
 */

/** The peak of a process so far in bytes, as the kernel counts it, or of this one as it is now. */
export async function peakBytes(id: string = "self"): Promise<number> {
  try {
    const status = await Deno.readTextFile(`/proc/${id}/status`);
    return Number(/VmHWM:\s+(\d+)/.exec(status)![1]) * 1024;
  } catch {
    return Deno.memoryUsage().rss;
  }
}

/**
 * Reads the peak memory of a process.
 *
 * @module
 */

/**
 * Returns a process's peak memory in bytes. Without `/proc`, returns the current
 * memory of this process.
 */
export async function peakBytes(id: string = "self"): Promise<number> {
  try {
    const status = await Deno.readTextFile(`/proc/${id}/status`);
    return Number(/VmHWM:\s+(\d+)/.exec(status)![1]) * 1024;
  } catch {
    return Deno.memoryUsage().rss;
  }
}

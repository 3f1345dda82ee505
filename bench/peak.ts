/**
 * The peak of a process's memory.
 *
 * @module
 */

/** The peak so far in bytes, as the kernel counts it, or as it is now. */
export async function peakBytes(): Promise<number> {
  try {
    const status = await Deno.readTextFile("/proc/self/status");
    return Number(/VmHWM:\s+(\d+)/.exec(status)![1]) * 1024;
  } catch {
    return Deno.memoryUsage().rss;
  }
}

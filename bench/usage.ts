/**
 * Reads a process's CPU time and peak memory from the kernel, because a
 * Worker's own clock does not advance while code runs. Works in any runtime
 * that can read files.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";

/** Number of ticks per second. The kernel counts CPU time in ticks. */
const TICKS_PER_SECOND = 100;

/** Returns the CPU time that a process has used so far, in milliseconds. */
export function cpuTime(id: string = "self"): number {
  const stat = readFileSync(`/proc/${id}/stat`, "utf8");
  // The process name, in parentheses, may contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return ticks * 1000 / TICKS_PER_SECOND;
}

/**
 * Returns a process's peak memory in bytes. On systems without `/proc`, returns
 * this process's current memory instead.
 */
export function peakBytes(id: string = "self"): number {
  try {
    const status = readFileSync(`/proc/${id}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)![1]) * 1024;
  } catch {
    return process.memoryUsage().rss;
  }
}

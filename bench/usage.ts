/**
 * Reads the CPU time and the peak memory of a process from the kernel, in any runtime
 * with files. A Worker's own clock does not advance while code runs.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";

/** The kernel's unit of CPU time. */
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
 * Returns a process's peak memory in bytes. Without `/proc`, returns the current
 * memory of this process.
 */
export function peakBytes(id: string = "self"): number {
  try {
    const status = readFileSync(`/proc/${id}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)![1]) * 1024;
  } catch {
    return process.memoryUsage().rss;
  }
}

/**
 * Clock, random numbers and waiting, which tests replace.
 *
 * @module
 */
import { sleep } from "./retry.ts";

/** What the library takes from its surroundings besides the network. */
export interface Env {
  /** The time, in milliseconds since 1970. */
  now(): number;
  /** A random number from 0 to 1. */
  random(): number;
  /** Waits, or rejects with the signal's reason once that is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The clock, random numbers and timers of the runtime. */
export const SYSTEM: Env = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep,
};

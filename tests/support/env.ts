/** Environments that do not wait. */
import { type Env, SYSTEM } from "../../src/http/mod.ts";

/** The environment of the system without its waits, and with what a test replaces. */
export function testEnv(env: Partial<Env> = {}): Env {
  return { ...SYSTEM, sleep: () => Promise.resolve(), ...env };
}

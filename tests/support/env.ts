/** An environment without waits. */
import { type Env, SYSTEM } from "../../src/http/mod.ts";

/** Creates an environment that does not wait, with the parts that a test replaces. */
export function testEnv(env: Partial<Env> = {}): Env {
  return { ...SYSTEM, sleep: () => Promise.resolve(), ...env };
}

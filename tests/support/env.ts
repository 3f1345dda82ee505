/** An environment that does not wait. */
import { type Env, SYSTEM } from "../../src/http/mod.ts";

/**
 * Creates an environment that does not wait. A test can replace parts of it.
 */
export function testEnv(env: Partial<Env> = {}): Env {
  return { ...SYSTEM, sleep: () => Promise.resolve(), ...env };
}

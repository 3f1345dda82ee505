/**
 * What the worker uses of Cloudflare's runtime. `@cloudflare/workers-types` is for
 * the worker's own `tsconfig.json`: here, miniflare's types would load its globals
 * for all code, and `Response.json()` would no longer be Deno's (2026-11).
 *
 * @module
 */
interface DurableObjectState {
  readonly storage: DurableObjectStorage;
  blockConcurrencyWhile<T>(work: () => Promise<T>): Promise<T>;
}

interface DurableObjectStorage {
  sql: {
    exec(
      sql: string,
      ...params: (string | number | null)[]
    ): { toArray(): unknown[] };
  };
  transactionSync<T>(work: () => T): T;
  get<T>(key: string): Promise<T | undefined>;
  list<T>(options: { prefix: string; limit?: number }): Promise<Map<string, T>>;
  put<T>(key: string, value: T): Promise<void>;
  delete(key: string): Promise<boolean>;
  getAlarm(): Promise<number | null>;
  setAlarm(time: number): Promise<void>;
}

declare module "cloudflare:workers" {
  export abstract class DurableObject<Env = unknown> {
    protected ctx: DurableObjectState;
    protected env: Env;
    constructor(ctx: DurableObjectState, env: Env);
  }
}

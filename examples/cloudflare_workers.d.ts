/**
 * The parts of Cloudflare's runtime that the workers use. Only a worker's own
 * `tsconfig.json` uses `@cloudflare/workers-types`: if these types were loaded here,
 * their globals would apply to all code and replace Deno's `Response.json()`
 * (2026-11).
 *
 * @module
 */
interface DurableObjectState {
  readonly storage: DurableObjectStorage;
  blockConcurrencyWhile<T>(work: () => Promise<T>): Promise<T>;
}

interface DurableObjectNamespace<T> {
  getByName(name: string): T;
}

interface DurableObjectStorage {
  sql: {
    exec<T = unknown>(
      sql: string,
      ...params: (string | number | null)[]
    ): { toArray(): T[] };
  };
  kv: {
    get<T>(key: string): T | undefined;
    put<T>(key: string, value: T): void;
  };
  transactionSync<T>(work: () => T): T;
  get<T>(key: string): Promise<T | undefined>;
  list<T>(options: { prefix: string }): Promise<Map<string, T>>;
  put<T>(key: string, value: T): Promise<void>;
  delete(key: string): Promise<boolean>;
  getAlarm(): Promise<number | null>;
  setAlarm(time: number): Promise<void>;
  deleteAlarm(): Promise<void>;
  deleteAll(): Promise<void>;
}

declare module "cloudflare:workers" {
  export abstract class DurableObject<Env = unknown> {
    protected ctx: DurableObjectState;
    protected env: Env;
    constructor(ctx: DurableObjectState, env: Env);
  }
}

/**
 * What the worker uses of Cloudflare's runtime, for those who check its types
 * without `@cloudflare/workers-types`, which has all of it, in the same places.
 *
 * @module
 */

/** What a Durable Object has. */
interface DurableObjectState {
  /** Its storage, which outlives it. */
  readonly storage: DurableObjectStorage;
  /** Lets nothing else in until this is done. */
  blockConcurrencyWhile<T>(work: () => Promise<T>): Promise<T>;
}

/** The storage of a Durable Object. */
interface DurableObjectStorage {
  /** Its database. */
  sql: {
    /** Carries out a statement. */
    exec(
      sql: string,
      ...params: (string | number | null)[]
    ): { toArray(): unknown[] };
  };
  /** Carries out a function: all that it does, or nothing. */
  transactionSync<T>(work: () => T): T;
  /** A value by its key. */
  get<T>(key: string): Promise<T | undefined>;
  /** Values by their keys, in their order. */
  list<T>(
    options: { prefix: string; limit?: number },
  ): Promise<Map<string, T>>;
  /** Keeps a value. */
  put<T>(key: string, value: T): Promise<void>;
  /** Drops a value. */
  delete(key: string): Promise<boolean>;
  /** When it wants to be woken, if it wants to. */
  getAlarm(): Promise<number | null>;
  /** Has it woken at a time, once. */
  setAlarm(time: number): Promise<void>;
}

declare module "cloudflare:workers" {
  /** An object of which there is one in the world, with storage of its own. */
  export abstract class DurableObject<Env = unknown> {
    /** What it has, and where it is. */
    protected ctx: DurableObjectState;
    /** The bindings of the worker. */
    protected env: Env;
    /** Made by the runtime. */
    constructor(ctx: DurableObjectState, env: Env);
  }
}

/**
 * The app's bindings, set in `wrangler.jsonc` and as secrets.
 *
 * @module
 */
import type { Login } from "./cookies.ts";
import type { Library, ThumbnailSource } from "./library.ts";
import type { SignIns } from "./sign_ins.ts";

/** The bindings. */
export interface Env {
  /** One object for each user. */
  LIBRARIES: Namespace<Library>;
  /** A single object, which counts all sign-ins. */
  SIGN_INS: Namespace<SignIns>;
  /** Address at which Cloudflare can reach the Immich server. */
  IMMICH_URL: string;
  /** Encrypts and signs cookies: at least 32 characters that nobody can guess. */
  COOKIE_SECRET: string;
  /** Sync interval, in minutes; "0" for no automatic syncs. */
  SYNC_EVERY_MINUTES?: string;
  /** Limits how often a visitor may call some routes; absent outside Cloudflare. */
  RATE_LIMIT?: RateLimitBinding;
}

/** Types of the Hono app. */
export interface AppEnv {
  Bindings: Env;
  /** What one handler passes to the next. */
  Variables: { login: Login; source: ThumbnailSource };
}

/** Durable Objects of one class. */
export interface Namespace<T> {
  /** Returns the id for a name; the id does not reveal the name. */
  idFromName(name: string): ObjectId;
  /** Parses an id. */
  idFromString(id: string): ObjectId;
  /** Returns the object, whose methods can then be called from the app's routes. */
  get(id: ObjectId): T;
}

/** Id of a Durable Object. */
export interface ObjectId {
  toString(): string;
}

/** The key-value part of an object's storage, and its alarm; the mirror uses SQL. */
export type ObjectStorage = Pick<
  DurableObjectStorage,
  | "delete"
  | "deleteAlarm"
  | "get"
  | "getAlarm"
  | "list"
  | "put"
  | "setAlarm"
>;

/** Cloudflare's rate limiting binding. */
export interface RateLimitBinding {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

/** The longest interval between two syncs: 30 days. */
const MAX_MINUTES = 43_200;

/** Describes an invalid binding to the person who deploys the app. */
export function findFault(env: Partial<Env>): string | undefined {
  const { IMMICH_URL = "", COOKIE_SECRET = "", SYNC_EVERY_MINUTES = "60" } =
    env;
  if (COOKIE_SECRET.length < 32) {
    const problem = COOKIE_SECRET === "" ? "is missing" : "is too short";
    return `The secret COOKIE_SECRET ${problem}: it must have at least 32 characters; ` +
      'to set it, run "openssl rand -hex 32 | npx wrangler secret put COOKIE_SECRET"';
  }
  if (!/^https?:\/\//.test(IMMICH_URL) || !URL.canParse(IMMICH_URL)) {
    const problem = IMMICH_URL === ""
      ? "is missing"
      : "is not an http or https URL";
    return `The variable IMMICH_URL ${problem}: set it to the address of the Immich server in wrangler.jsonc`;
  }
  if (/[@?#]/.test(IMMICH_URL)) {
    return "The variable IMMICH_URL contains more than an address: remove any user name, password, query or fragment";
  }
  if (
    !/^\d+$/.test(SYNC_EVERY_MINUTES) ||
    Number(SYNC_EVERY_MINUTES) > MAX_MINUTES
  ) {
    return `The variable SYNC_EVERY_MINUTES is not a number from 0 to ${MAX_MINUTES}: set it to the minutes between syncs, or to "0" to turn automatic syncs off`;
  }
  for (
    const [binding, name] of [
      ["LIBRARIES", "Library"],
      ["SIGN_INS", "SignIns"],
    ] as const
  ) {
    if (env[binding] !== undefined) continue;
    return `The binding ${binding} is missing: wrangler.jsonc must bind it to the Durable Object ${name}`;
  }
  return undefined;
}

/** Returns the library that a browser is signed in to. */
export function toLibrary({ LIBRARIES }: Env, { libraryId }: Login): Library {
  return LIBRARIES.get(LIBRARIES.idFromString(libraryId));
}

/** Returns the object that counts sign-ins. */
export function toSignIns({ SIGN_INS }: Env): SignIns {
  return SIGN_INS.get(SIGN_INS.idFromName("all"));
}

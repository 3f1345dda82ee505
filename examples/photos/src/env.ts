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
  RATE_LIMIT?: {
    limit(options: { key: string }): Promise<{ success: boolean }>;
  };
}

/** Types of the Hono app. */
export interface AppEnv {
  Bindings: Env;
  /** What one handler passes to the next. */
  Variables: { login: Login; source: ThumbnailSource };
}

/** Durable Objects of one class. An id does not reveal the name that it stands for. */
export interface Namespace<T> {
  idFromName(name: string): ObjectId;
  idFromString(id: string): ObjectId;
  get(id: ObjectId): T;
}

type ObjectId = { toString(): string };

/** The key-value part of an object's storage, and its alarm; the mirror uses SQL. */
export type ObjectStorage = Pick<
  DurableObjectStorage,
  "delete" | "deleteAlarm" | "get" | "getAlarm" | "list" | "put" | "setAlarm"
>;

/** The longest interval between two syncs: 30 days. */
const MAX_MINUTES = 43_200;

/** Describes an invalid binding to the person who deploys the app. */
export function findFault(env: Partial<Env>): string | undefined {
  const { IMMICH_URL = "", COOKIE_SECRET = "", SYNC_EVERY_MINUTES = "60" } =
    env;
  if (COOKIE_SECRET.length < 32) {
    return "The secret COOKIE_SECRET is missing or shorter than 32 characters: " +
      'run "openssl rand -hex 32 | npx wrangler secret put COOKIE_SECRET"';
  }
  if (!/^https?:\/\/[^@?#]+$/.test(IMMICH_URL) || !URL.canParse(IMMICH_URL)) {
    return "The variable IMMICH_URL is not an http or https URL without a user " +
      "name, query or fragment: set it to the address of the Immich server in wrangler.jsonc";
  }
  const minutes = /^\d+$/.test(SYNC_EVERY_MINUTES)
    ? Number(SYNC_EVERY_MINUTES)
    : NaN;
  if (!(minutes <= MAX_MINUTES)) {
    return `The variable SYNC_EVERY_MINUTES is not a number from 0 to ${MAX_MINUTES}: ` +
      'set it to the minutes between syncs, or to "0" to turn automatic syncs off';
  }
  const missing = (["LIBRARIES", "SIGN_INS"] as const).find((one) => !env[one]);
  return missing &&
    `The binding ${missing} is missing: see durable_objects in wrangler.jsonc`;
}

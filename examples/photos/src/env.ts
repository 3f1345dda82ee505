/**
 * The bindings of the worker, as `wrangler.jsonc` and its secrets set them.
 *
 * @module
 */
import type { Session } from "@immich-edge/sync";
import type { Login } from "./cookies.ts";
import type { Library } from "./library.ts";

/** The bindings. */
export interface Env {
  /** The copies of libraries: an object for each user. */
  LIBRARIES: LibraryNamespace;
  /** Address of the Immich server, as Cloudflare can reach it. */
  IMMICH_URL: string;
  /** What cookies are sealed and signed with: 32 characters or more that nobody can guess. */
  COOKIE_SECRET: string;
  /** Minutes from one sync to the next; nothing by itself if it is "0". */
  SYNC_EVERY_MINUTES?: string;
}

/** What the routes of the app have. */
export interface AppEnv {
  /** The bindings. */
  Bindings: Env;
  /** What one handler finds out for the next. */
  Variables: {
    /** Who asks. */
    login: Login;
    /** What to ask the server with. */
    session: Session;
  };
}

/** Where the objects are found. */
export interface LibraryNamespace {
  /** The id of the object with a name: 64 hexadecimal digits that do not tell it. */
  idFromName(name: string): LibraryId;
  /** The id that was written so. */
  idFromString(id: string): LibraryId;
  /** The object, as one calls it from elsewhere. */
  get(id: LibraryId): Library;
}

/** The id of an object. */
export interface LibraryId {
  /** As text. */
  toString(): string;
}

/** What is wrong with the bindings, for the person who deploys; nothing if nothing is. */
export function findFault(env: Partial<Env>): string | undefined {
  const { IMMICH_URL = "", COOKIE_SECRET = "", SYNC_EVERY_MINUTES = "60" } =
    env;
  if (COOKIE_SECRET.length < 32) {
    const what = COOKIE_SECRET === "" ? "is missing" : "is too short";
    return `The secret COOKIE_SECRET ${what}: it must have 32 characters or ` +
      'more, "openssl rand -hex 32 | npx wrangler secret put COOKIE_SECRET" sets it';
  }
  if (!/^https?:\/\//.test(IMMICH_URL) || !URL.canParse(IMMICH_URL)) {
    const what = IMMICH_URL === "" ? "is missing" : "is no http or https URL";
    return `The variable IMMICH_URL ${what}: in wrangler.jsonc, it must be the address of the Immich server`;
  }
  if (/[@?#]/.test(IMMICH_URL)) {
    return "The variable IMMICH_URL holds more than an address: it must have no user name, password, query or fragment";
  }
  if (!/^\d+$/.test(SYNC_EVERY_MINUTES)) {
    return 'The variable SYNC_EVERY_MINUTES is no number: it must be minutes, or "0" for never';
  }
  if (env.LIBRARIES === undefined) {
    return "The binding LIBRARIES is missing: wrangler.jsonc must bind it to the Durable Object Library";
  }
  return undefined;
}

/** The copy of whoever is signed in. */
export function toLibrary({ LIBRARIES }: Env, { libraryId }: Login): Library {
  return LIBRARIES.get(LIBRARIES.idFromString(libraryId));
}

/**
 * Reads and writes the store of a kept session.
 *
 * @module
 */
import { StoreError } from "../errors/mod.ts";
import {
  isObject,
  isSession,
  parseJson,
  sanitize,
  type Session,
} from "../http/mod.ts";

/**
 * Where {@linkcode keepSession} keeps a session: one JSON text, which contains
 * secrets. A file, a key of a Durable Object's storage, or a variable is
 * sufficient.
 */
export interface SessionStore {
  /** Returns the text, or `null` or `undefined` if there is none. */
  get(): string | null | undefined | Promise<string | null | undefined>;
  /** Replaces the text. It must be stored durably when this resolves. */
  set(text: string): unknown;
  /** Deletes the text, if there is one. */
  delete(): unknown;
}

/** Announces that a process is about to create a session. */
export interface Claim {
  /** A random id. */
  id: string;
  /** When others may ignore the claim, in milliseconds since 1970. */
  until: number;
}

/** What a store holds. */
export interface Stored {
  /** The version of this format. */
  version: 1;
  /** The session that `signIn` returned. */
  login?: Session | undefined;
  /** The consumer's session: a child of the login, or the login itself. */
  session?: Session | undefined;
  /** When the login was last used, in milliseconds since 1970. */
  usedAt?: number | undefined;
  /** The process that is about to replace `session`. */
  claim?: Claim | undefined;
}

/** Reads the text in a store. */
export async function readText(
  store: SessionStore,
): Promise<string | undefined> {
  let text: unknown;
  try {
    text = await store.get() ?? undefined;
  } catch (error) {
    throw failure("load", error, []);
  }
  if (text === undefined || typeof text === "string") return text;
  throw corruption();
}

/**
 * Replaces the text in a store, unless another process has replaced it first.
 *
 * @param from The text that the store must hold.
 * @param to The new text, or `undefined` to delete the text.
 *
 * @returns Whether the store now holds the new text.
 */
export async function replaceText(
  store: SessionStore,
  from: string | undefined,
  to: string | undefined,
): Promise<boolean> {
  const text = await readText(store);
  if (text === to) return true;
  if (text !== from) return false;
  try {
    await (to === undefined ? store.delete() : store.set(to));
  } catch (error) {
    throw failure("save", error, tokensIn(to));
  }
  return true;
}

/** Parses the text in a store. Returns `undefined` if it is corrupt. */
export function parseStored(text: string | undefined): Stored | undefined {
  if (text === undefined) return { version: 1 };
  const value = parseJson(text);
  return isStored(value) ? value : undefined;
}

/** Creates the error for a store that holds something other than a session. */
export function corruption(): StoreError {
  return new StoreError(
    "Cannot load the session: the store holds something other than a session; delete it to sign in again",
    { code: "store_corrupt" },
  );
}

/** Creates the error for a store that does not return what was written to it. */
export function lostWrite(): StoreError {
  return new StoreError(
    "Cannot save the session: the store does not return what was written to it",
    { code: "store_failed" },
  );
}

function failure(
  action: string,
  error: unknown,
  secrets: string[],
): StoreError {
  const text = String(isObject(error) ? error.message : error);
  const message = sanitize(text, secrets, 200);
  return new StoreError(
    `Cannot ${action} the session: the store failed with "${message}"`,
    { code: "store_failed" },
  );
}

function tokensIn(text: string | undefined): string[] {
  const { login, session } = parseStored(text) ?? {};
  return [login, session].flatMap((one) => one?.accessToken ?? []);
}

function isStored(value: unknown): value is Stored {
  if (!isObject(value) || value.version !== 1) return false;
  const { login, session, usedAt, claim } = value;
  return (login === undefined || isSession(login)) &&
    (session === undefined || (isSession(session) && login !== undefined)) &&
    ["number", "undefined"].includes(typeof usedAt) &&
    (claim === undefined ||
      (isObject(claim) && typeof claim.id === "string" &&
        typeof claim.until === "number"));
}

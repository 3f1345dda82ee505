/**
 * Keeps a session in a store, and signs in only when the session has ended.
 *
 * @module
 */
import {
  checkAtLeast,
  checkCallOptions,
  type Env,
  type Session,
  SYSTEM,
} from "../http/mod.ts";
import type { ChildSessionOptions } from "./child_session.ts";
import { SessionKeeper } from "./session_keeper.ts";
import type { SessionStore } from "./session_store.ts";

/** Options for {@linkcode keepSession}. */
export interface KeepSessionOptions
  extends Omit<ChildSessionOptions, "durationMs"> {
  /**
   * How long to wait before signing in, in milliseconds, in case another
   * process is about to sign in too. Must be longer than the time until a write
   * is visible to every process that shares the store. Pass 0 if there is only
   * one process.
   * @default {1000}
   */
  settleMs?: number;
  /**
   * How long other processes are blocked if a process crashes while signing in,
   * in milliseconds. Must be longer than a call to `signIn` can take.
   * @default {60000}
   */
  leaseMs?: number;
}

/** A session in a store. */
export interface KeptSession {
  /**
   * Returns the session. Makes a request to check that the session has not ended,
   * and signs in again if it has. Concurrent calls share one result.
   *
   * @throws {StoreError} If the store fails or is corrupt.
   * @throws {HttpError} If the server responds with an error other than 401.
   * @throws {ConnectionError} If the connection fails.
   * @throws Any error that `signIn` throws.
   */
  get(): Promise<Session>;
  /**
   * Signs out: ends the session on the server, and deletes it from the store.
   * The next call to `get` signs in again.
   *
   * @throws {StoreError} If the store fails or is corrupt.
   * @throws {ConnectionError} If the connection fails.
   */
  end(): Promise<void>;
}

/**
 * Keeps one consumer's session in a store, so that each run continues where the
 * last run ended, and no run leaves a session behind on the server.
 *
 * Signs in if the store is empty, and creates a child session, which has its
 * own sync checkpoints. Uses the login once a day, because sessions end if they
 * are not used for 90 days. If the child session has ended, creates another
 * one; if the login has ended too (401), signs in again. Any other error is
 * thrown. If the server does not support child sessions, the login itself is
 * used.
 *
 * A new session starts from the beginning, so empty your copy if `accessToken`
 * has changed. (A mirror detects a new session itself.)
 *
 * Writes to the store before signing in, so that no session is lost if writing
 * fails. The first write is also a claim, which makes other processes wait. Two
 * processes therefore never sign in at the same time, provided that each write
 * becomes visible to both within `settleMs`.
 *
 * @param store Where to keep the session.
 * @param signIn Creates a session, for example with `login`.
 *
 * @throws {TypeError} If an option name is unknown.
 * @throws {RangeError} If a duration is out of range.
 *
 * @example Keep a session in a variable
 * ```ts
 * import { keepSession, login } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const { baseUrl, fetch } = new FakeImmich();
 * let saved: string | undefined;
 * const store = {
 *   get: () => saved,
 *   set: (text: string) => void (saved = text),
 *   delete: () => void (saved = undefined),
 * };
 * const signIn = () => login("demo@immich.test", "demo", { baseUrl, fetch });
 *
 * const session = await keepSession(store, signIn, { fetch, settleMs: 0 }).get();
 * const later = await keepSession(store, signIn, { fetch, settleMs: 0 }).get();
 * assertEquals(later, session);
 * ```
 */
export function keepSession(
  store: SessionStore,
  signIn: () => Session | Promise<Session>,
  options: KeepSessionOptions = {},
): KeptSession {
  return keepSessionWith(store, signIn, options, SYSTEM);
}

/** Runs {@linkcode keepSession} with the given clock and timers. */
export function keepSessionWith(
  store: SessionStore,
  signIn: () => Session | Promise<Session>,
  options: KeepSessionOptions,
  env: Omit<Env, "random">,
): KeptSession {
  checkCallOptions("keep session", options, [
    "deviceType",
    "deviceOS",
    "settleMs",
    "leaseMs",
  ]);
  const { settleMs = 1_000, leaseMs = 60_000, ...child } = options;
  checkAtLeast("keep session", 0, { settleMs, leaseMs });
  const keeper = new SessionKeeper({
    store,
    signIn,
    settleMs,
    leaseMs,
    child,
    env,
  });
  let pending: Promise<Session> | undefined;
  return {
    get: () => pending ??= keeper.get().finally(() => pending = undefined),
    end: () => keeper.end(),
  };
}

/**
 * Loads, checks and replaces the session in a store.
 *
 * @module
 */
import {
  AuthenticationError,
  HttpError,
  ProtocolError,
} from "../errors/mod.ts";
import {
  type CallOptions,
  checkSession,
  type Env,
  type Session,
  toCallOptions,
  traceOf,
} from "../http/mod.ts";
import { currentUser } from "../server/mod.ts";
import {
  type ChildSessionOptions,
  createChildIfSupported,
} from "./child_session.ts";
import { logout } from "./login.ts";
import { createState } from "./pkce.ts";
import {
  type Claim,
  corruption,
  lostWrite,
  parseStored,
  readText,
  replaceText,
  type SessionStore,
  type Stored,
} from "./session_store.ts";

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What a keeper needs. */
export interface SessionKeeperInit {
  /** Where to keep the session. */
  store: SessionStore;
  /** Creates a session. */
  signIn: () => Session | Promise<Session>;
  /** How long a write takes to become visible to others, in milliseconds. */
  settleMs: number;
  /** How long a crashed process blocks others, in milliseconds. */
  leaseMs: number;
  /** Options for the child session, and for every call. */
  child: ChildSessionOptions;
  /** The clock, and timers. */
  env: Omit<Env, "random">;
}

/** A claim that makes the next run end the login, as after a crash. */
const EXPIRED: Claim = { id: "", until: 0 };

/** The content of a store: the text, and the parsed text. */
interface Loaded {
  text: string | undefined;
  stored: Stored;
}

/** Keeps one session in a store. */
export class SessionKeeper {
  readonly #init: SessionKeeperInit;
  readonly #call: CallOptions;
  /** Options for calls that clean up; an abort must not end such calls. */
  readonly #cleanup: CallOptions;

  /** Keeps a session; reads nothing yet. */
  constructor(init: SessionKeeperInit) {
    this.#init = init;
    this.#call = toCallOptions(init.child);
    const { signal: _, ...cleanup } = this.#call;
    this.#cleanup = cleanup;
  }

  /** Returns the session, or creates one. */
  async get(): Promise<Session> {
    while (true) {
      const loaded = await this.#load();
      const session = await this.#check(loaded) ?? await this.#renew(loaded);
      if (session !== undefined) return session;
    }
  }

  /** Ends the session, and empties the store. */
  async end(): Promise<void> {
    while (true) {
      const { text, stored } = await this.#load();
      await this.#logout(stored.login);
      if (await replaceText(this.#init.store, text, undefined)) return;
    }
  }

  /** Reads the store, and waits while another process signs in. */
  async #load(): Promise<Loaded> {
    let claimId: string | undefined;
    while (true) {
      const loaded = await this.#read();
      const { claim } = loaded.stored;
      const leftMs = this.#leftOf(claim);
      if (leftMs === 0) return loaded;
      // One wait, in which the store is read every second.
      if (claim?.id !== claimId) this.#traceWait(leftMs);
      claimId = claim?.id;
      await this.#pause(Math.min(leftMs, SECOND_MS));
    }
  }

  /** Reads the store, and waits while another process may be writing to it. */
  async #read(): Promise<Loaded> {
    let unreadable: string | undefined;
    while (true) {
      const text = await readText(this.#init.store);
      const stored = parseStored(text);
      if (stored !== undefined) return { text, stored };
      // Another process may have written only part of a file so far.
      if (text === unreadable) throw corruption();
      unreadable = text;
      await this.#sleep(SECOND_MS);
    }
  }

  /** Returns how long a claim still blocks others, in milliseconds. */
  #leftOf(claim: Claim | undefined): number {
    const leftMs = (claim?.until ?? 0) - this.#init.env.now();
    const { settleMs, leaseMs } = this.#init;
    // If a claim has more time left than that, a clock was wrong when it was made.
    const isValid = leftMs > 0 && leftMs <= settleMs + leaseMs + HOUR_MS;
    return isValid ? leftMs : 0;
  }

  /** Returns the stored session if it has not ended. */
  async #check({ text, stored }: Loaded): Promise<Session | undefined> {
    const { login, session, usedAt = 0, claim } = stored;
    if (login === undefined || session === undefined || claim !== undefined) {
      return undefined;
    }
    if (!await this.#isAlive(session)) return undefined;
    const now = this.#init.env.now();
    if (Math.abs(now - usedAt) < DAY_MS) return session;
    if (!await this.#isAlive(login)) return undefined;
    const used = JSON.stringify({ ...stored, usedAt: now });
    await replaceText(this.#init.store, text, used);
    return session;
  }

  /**
   * Creates a session.
   *
   * @returns `undefined` if another process has changed the store.
   */
  async #renew({ text, stored }: Loaded): Promise<Session | undefined> {
    const { store, signIn, settleMs, leaseMs, env } = this.#init;
    const until = env.now() + settleMs + leaseMs;
    const claim = { id: createState(), until };
    const claimed = toText({ ...stored, claim });
    if (!await replaceText(store, text, claimed)) return undefined;
    let { login } = stored;
    try {
      // Processes that read the store before this claim was written have now
      // written their own claims, and only the last claim is still stored
      // (Fischer's mutual exclusion).
      await this.#sleep(settleMs);
      const seen = await readText(store);
      if (seen === text) throw lostWrite();
      if (seen !== claimed) return undefined;
      // The server may have rejected a session that still exists.
      await this.#logout(stored.session);
      // A crashed process may have created child sessions that were never stored.
      if (login && (stored.claim || !await this.#isAlive(login))) {
        await this.#logout(login);
        login = undefined;
      }
      login ??= await signIn();
      checkSession(login);
    } catch (error) {
      await this.#restore(claimed, text);
      throw error;
    }
    return await this.#finish(login, toText({ login, claim }), claimed);
  }

  /** Stores a login, and creates its child session. */
  async #finish(
    login: Session,
    signedIn: string,
    claimed: string,
  ): Promise<Session | undefined> {
    try {
      if (await this.#save(claimed, signedIn)) {
        const session = await createChildIfSupported(login, this.#init.child) ??
          login;
        const usedAt = this.#init.env.now();
        const text = toText({ login, session, usedAt });
        if (await this.#save(signedIn, text)) return session;
      }
      // The claim expired during the sign-in, and another process signed in.
      await this.#logout(login).catch(() => {});
      return undefined;
    } catch (error) {
      const text = await this.#textAfter(error, login);
      await this.#restore(signedIn, text);
      await this.#restore(claimed, text);
      throw error;
    }
  }

  /** Returns the text to store if a login's child session was not created or not stored. */
  async #textAfter(
    error: unknown,
    login: Session,
  ): Promise<string | undefined> {
    // A gateway that answers 502 or 504 may have passed on the request.
    const isRefused = error instanceof HttpError &&
      error.status !== 502 && error.status !== 504;
    if (isRefused) return toText({ login });
    // A child session may exist that was never stored. It ends with its login.
    try {
      await this.#logout(login);
      return undefined;
    } catch {
      return toText({ login, claim: EXPIRED });
    }
  }

  /**
   * Replaces the text in the store. Retries once, because otherwise a session
   * would be lost.
   */
  async #save(from: string, to: string): Promise<boolean> {
    try {
      return await replaceText(this.#init.store, from, to);
    } catch {
      // Workers KV rejects more than one write per second (2026-11).
      await this.#sleep(SECOND_MS);
      return await replaceText(this.#init.store, from, to);
    }
  }

  /**
   * Replaces the text in the store after an error. Ignores further errors,
   * because the first error matters more.
   */
  async #restore(from: string, to: string | undefined): Promise<void> {
    await replaceText(this.#init.store, from, to).catch(() => {});
  }

  async #isAlive(session: Session): Promise<boolean> {
    try {
      await currentUser(session, this.#call);
      return true;
    } catch (error) {
      if (error instanceof AuthenticationError) return false;
      throw error;
    }
  }

  /** Ends a session and its child sessions, unless it has already ended. */
  async #logout(session: Session | undefined): Promise<void> {
    if (session === undefined) return;
    try {
      await logout(session, this.#cleanup);
    } catch (error) {
      // Some compatible servers do not support signing out.
      const isDone = error instanceof ProtocolError ||
        (error instanceof HttpError && [401, 404, 405].includes(error.status));
      if (!isDone) throw error;
    }
  }

  async #sleep(ms: number): Promise<void> {
    this.#traceWait(ms);
    await this.#pause(ms);
  }

  async #pause(ms: number): Promise<void> {
    await this.#init.env.sleep(ms, this.#call.signal);
  }

  #traceWait(waitMs: number): void {
    traceOf(this.#call)?.({ type: "wait", reason: "sign_in", waitMs });
  }
}

function toText(stored: Omit<Stored, "version">): string {
  return JSON.stringify({ ...stored, version: 1 });
}

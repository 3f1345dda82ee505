/**
 * One user's sessions: one for each browser, and one for the copy.
 *
 * @module
 */
import {
  AuthenticationError,
  createChildSession,
  currentUser,
  type Session,
} from "@immich-edge/sync";
import type { ObjectStorage } from "./env.ts";
import type { Revocations } from "./revocations.ts";
import { DAY_MS, dueAt, MINUTE_MS, SECOND_MS } from "./times.ts";

const LOGIN = "login:";
const COPY_SESSION = "sync_session";
const CREATED_AT = "session_created_at";

/** Maximum number of browsers; when another one signs in, an old one is signed out. */
const MAX_LOGINS = 10;

/** How long a login lasts. */
export const LOGIN_MS: number = 90 * DAY_MS;

/** The shortest time between two new sessions for the copy. */
const CREATE_EVERY_MS = 5 * MINUTE_MS;

/** A browser's login. */
interface Login {
  session: Session;
  /** In milliseconds since 1970. */
  createdAt: number;
}

/** The copy's session, a child of a browser's session. It ends with its parent. */
interface CopySession {
  session: Session;
  /** The session of a browser that may since have signed out. */
  parent: Session;
  /** The ticket of that browser. */
  ticket: string;
  /** When the parent was last used, in milliseconds since 1970. */
  usedAt: number;
}

/** The copy needs another session, but got its last one less than five minutes ago. */
export class SessionLimitError extends Error {
  override readonly name = "SessionLimitError";
}

/** Sessions stored in a Durable Object. */
export class Logins {
  readonly #storage: ObjectStorage;
  readonly #revocations: Revocations;
  /** When the server was last asked about a ticket. */
  readonly #checkedAt = new Map<string, number>();

  constructor(storage: ObjectStorage, revocations: Revocations) {
    this.#storage = storage;
    this.#revocations = revocations;
  }

  /** Stores a browser's session, and returns the browser's ticket. */
  async add(session: Session): Promise<string> {
    const ticket = crypto.randomUUID();
    const login = { session, createdAt: Date.now() };
    await this.#storage.put<Login>(LOGIN + ticket, login);
    const copy = await this.#getCopy();
    const logins = await this.#list();
    // The copy's session depends on one browser's session, so that browser stays.
    const others = logins.filter(([one]) => one !== copy?.ticket);
    const most = MAX_LOGINS - (logins.length - others.length);
    for (const [oldest] of others.slice(most)) await this.#end(oldest);
    return ticket;
  }

  /** Returns a browser's session, if the browser is signed in. */
  async get(ticket: string): Promise<Session | undefined> {
    const login = await this.#storage.get<Login>(LOGIN + ticket);
    if (login === undefined || !hasExpired(login)) return login?.session;
    await this.#end(ticket);
    return undefined;
  }

  /** Returns whether any browser is signed in. */
  async hasAny(): Promise<boolean> {
    return (await this.#list()).length > 0;
  }

  /**
   * Removes a login.
   *
   * @returns The sessions to end on the server now. While another browser is signed in,
   * they do not include the parent of the copy's session.
   */
  async remove(ticket: string): Promise<Session[]> {
    const login = await this.#storage.get<Login>(LOGIN + ticket);
    if (login === undefined) return [];
    await this.#storage.delete(LOGIN + ticket);
    const copy = await this.#getCopy();
    const isParent = copy?.ticket === ticket;
    if (await this.hasAny()) return isParent ? [] : [login.session];
    await this.#storage.delete(COPY_SESSION);
    const isOrphan = copy !== undefined && !isParent;
    return isOrphan ? [login.session, copy.parent] : [login.session];
  }

  /**
   * Asks the server, at most once a minute, whether a browser's session has ended,
   * because a single 401 may have another cause. If the session has ended, drops the
   * login.
   *
   * @returns Whether the browser is still signed in.
   */
  async check(ticket: string): Promise<boolean> {
    const session = await this.get(ticket);
    if (session === undefined) return false;
    const now = Date.now();
    if (now - (this.#checkedAt.get(ticket) ?? 0) < MINUTE_MS) return true;
    this.#checkedAt.set(ticket, now);
    if (!await hasEnded(session).catch(() => false)) return true;
    await this.#drop(ticket);
    return false;
  }

  /** Ends the logins that have expired. */
  async endExpired(): Promise<void> {
    const logins = await this.#storage.list<Login>({ prefix: LOGIN });
    for (const key of logins.keys()) await this.get(key.slice(LOGIN.length));
  }

  /**
   * Returns the copy's session, after creating one if there is none. The session has
   * its own checkpoints, so the copy's acks do not make other clients miss events.
   *
   * @returns The session, or `undefined` if no browser is signed in.
   * @throws {SessionLimitError} If the copy needs a new session too soon.
   */
  async forCopy(): Promise<Session | undefined> {
    const copy = await this.#getCopy();
    if (copy !== undefined && await this.#isAlive(copy)) return copy.session;
    while (true) {
      // Read again each time: someone may have signed in during the request.
      const [newest] = await this.#list();
      if (newest === undefined) return undefined;
      const session = await this.#create(...newest);
      if (session !== undefined) return session;
    }
  }

  /** Finds out which sessions have ended, after a 401 for the copy's session. */
  async checkCopy(): Promise<void> {
    const copy = await this.#getCopy();
    if (copy === undefined || !await hasEnded(copy.session)) return;
    if (await hasEnded(copy.parent)) return await this.#drop(copy.ticket);
    await this.#storage.delete(COPY_SESSION);
    const isSignedIn = await this.#storage.get(LOGIN + copy.ticket);
    if (!isSignedIn) await this.#revocations.revoke(copy.parent);
  }

  /** Returns when the copy can next get a session, in milliseconds since 1970. */
  async nextSessionAt(): Promise<number> {
    if (await this.#getCopy() !== undefined) return 0;
    const createdAt = await this.#storage.get<number>(CREATED_AT) ?? 0;
    return dueAt(createdAt + CREATE_EVERY_MS, CREATE_EVERY_MS);
  }

  async #end(ticket: string): Promise<void> {
    await this.#revocations.revoke(...await this.remove(ticket));
  }

  /** Creates the copy's session. Returns `undefined` if the login has ended. */
  async #create(
    ticket: string,
    { session: parent }: Login,
  ): Promise<Session | undefined> {
    const nextAt = await this.nextSessionAt();
    // Read last, because `nextAt` is the current time if a session is due.
    const usedAt = Date.now();
    if (nextAt > usedAt) throw new SessionLimitError();
    // Stored first, because a request without a response may have created a session.
    await this.#storage.put(CREATED_AT, usedAt);
    try {
      const deviceType = "Cloudflare Worker";
      const session = await createChildSession(parent, { deviceType });
      // If the browser signed out during the request, the session ends with its parent.
      const isSignedIn = await this.#storage.get(LOGIN + ticket) !== undefined;
      if (!isSignedIn) return undefined;
      const copy = { session, parent, ticket, usedAt };
      await this.#storage.put<CopySession>(COPY_SESSION, copy);
      return session;
    } catch (error) {
      if (!(error instanceof AuthenticationError)) throw error;
      await this.#storage.delete(CREATED_AT);
      if (!await hasEnded(parent)) throw error;
      await this.#drop(ticket);
      return undefined;
    }
  }

  /** Uses the parent session once a day, because the server ends unused sessions. */
  async #isAlive(copy: CopySession): Promise<boolean> {
    const usedAt = Date.now();
    if (usedAt - copy.usedAt < DAY_MS) return true;
    if (await hasEnded(copy.parent)) {
      await this.#drop(copy.ticket);
      return false;
    }
    await this.#storage.put<CopySession>(COPY_SESSION, { ...copy, usedAt });
    return true;
  }

  /**
   * Forgets a login whose session has ended, and the copy's session if it is a child.
   */
  async #drop(ticket: string): Promise<void> {
    await this.#storage.delete(LOGIN + ticket);
    const copy = await this.#getCopy();
    if (copy?.ticket === ticket) await this.#storage.delete(COPY_SESSION);
  }

  async #getCopy(): Promise<CopySession | undefined> {
    return await this.#storage.get<CopySession>(COPY_SESSION);
  }

  /** Returns all unexpired logins with their tickets, newest first. */
  async #list(): Promise<[ticket: string, login: Login][]> {
    const logins = await this.#storage.list<Login>({ prefix: LOGIN });
    return [...logins].filter(([, login]) => !hasExpired(login))
      .sort(([, a], [, b]) => b.createdAt - a.createdAt)
      .map(([key, login]) => [key.slice(LOGIN.length), login]);
  }
}

function hasExpired({ createdAt }: Login): boolean {
  return Date.now() - createdAt >= LOGIN_MS;
}

/** Asks the server whether a session has ended. */
async function hasEnded(session: Session): Promise<boolean> {
  try {
    await currentUser(session, { idleTimeoutMs: 10 * SECOND_MS });
    return false;
  } catch (error) {
    if (error instanceof AuthenticationError) return true;
    throw error;
  }
}

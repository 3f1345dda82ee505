/**
 * The sessions of one user: one for each browser, and one below them for the copy.
 *
 * @module
 */
import {
  AuthenticationError,
  createChildSession,
  currentUser,
  logout,
  type Session,
} from "@immich-edge/sync";

const PREFIX = "login:";
const CHILD = "sync_session";

const DAY_MS = 24 * 60 * 60_000;

/** The session of the copy, and the login that it ends with. */
interface Child {
  session: Session;
  ticket: string;
  /** When the login was used last, in milliseconds since 1970: unused, it ends after 90 days. */
  usedAt: number;
}

/** Sessions in the storage of a Durable Object. */
export class Logins {
  readonly #storage: DurableObjectStorage;

  /** Those that are there already. */
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Keeps the session of a browser; gives what the browser is known by. */
  async add(session: Session): Promise<string> {
    const ticket = crypto.randomUUID();
    await this.#storage.put(PREFIX + ticket, session);
    return ticket;
  }

  /** The session of a browser. */
  async get(ticket: string): Promise<Session | undefined> {
    return await this.#storage.get(PREFIX + ticket);
  }

  /** Drops a session that is over, and what was below it. */
  async drop(ticket: string): Promise<void> {
    await this.#storage.delete(PREFIX + ticket);
    const child = await this.#storage.get<Child>(CHILD);
    if (child?.ticket === ticket) await this.#storage.delete(CHILD);
  }

  /** Ends a session: here in any case, and on the server if that can be reached. */
  async end(ticket: string): Promise<void> {
    const session = await this.get(ticket);
    if (session === undefined) return;
    await this.drop(ticket);
    await logout(session).catch((error) => {
      console.warn("Cannot end the session on the server", error);
    });
  }

  /**
   * The session of the copy, which has checkpoints of its own: what the copy
   * acknowledges, no other client misses. Tells whether it was made just now.
   *
   * @throws {AuthenticationError} If no login is left that it could be made of.
   */
  async forCopy(): Promise<{ session: Session; isNew: boolean }> {
    const child = await this.#storage.get<Child>(CHILD);
    if (child !== undefined && await this.#isAlive(child)) {
      return { session: child.session, isNew: false };
    }
    let failure: unknown = new AuthenticationError(
      "Cannot sync: no user is signed in",
      { status: 401 },
    );
    while (true) {
      // Looked up each time: somebody may have signed in meanwhile.
      const logins = await this.#storage.list<Session>({
        prefix: PREFIX,
        limit: 1,
      });
      const [login] = logins;
      if (login === undefined) throw failure;
      const [key, parent] = login;
      const ticket = key.slice(PREFIX.length);
      try {
        const deviceType = "Cloudflare Worker";
        const session = await createChildSession(parent, { deviceType });
        const usedAt = Date.now();
        await this.#storage.put<Child>(CHILD, { session, ticket, usedAt });
        return { session, isNew: true };
      } catch (error) {
        if (!(error instanceof AuthenticationError)) throw error;
        failure = error;
        await this.drop(ticket);
      }
    }
  }

  /** Uses the login above a session once a day, as the session ends with it. */
  async #isAlive(child: Child): Promise<boolean> {
    const now = Date.now();
    const parent = await this.get(child.ticket);
    if (parent === undefined) return false;
    if (now - child.usedAt < DAY_MS) return true;
    try {
      await currentUser(parent);
    } catch (error) {
      if (!(error instanceof AuthenticationError)) throw error;
      await this.drop(child.ticket);
      return false;
    }
    await this.#storage.put<Child>(CHILD, { ...child, usedAt: now });
    return true;
  }

  /** Forgets the session of the copy, as the server says that it is over. */
  async dropForCopy(): Promise<void> {
    await this.#storage.delete(CHILD);
  }
}

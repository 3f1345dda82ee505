/**
 * The sessions of a server, each with its own sync checkpoints.
 *
 * @module
 */

/** How long a session lives that nobody uses. */
const UNUSED_MS = 90 * 24 * 60 * 60 * 1000;

/** A session as the server keeps it. */
export interface FakeSession {
  /** Its id. */
  id: string;
  /** Its access token. */
  accessToken: string;
  /** Whose it is. */
  userId: string;
  /** The session that made it, and that it ends with. */
  parent: FakeSession | undefined;
  /** When it ends, in milliseconds since 1970. */
  expiresAt: number;
  /** When it began, in milliseconds since 1970. */
  createdAt: number;
  /** When it was last used, in milliseconds since 1970. */
  usedAt: number;
  /** Kind of device, as its user's list of sessions shows it. */
  deviceType: string;
  /** System of the device, as its user's list of sessions shows it. */
  deviceOS: string;
  /** Checkpoint → the ack that was last sent for it. */
  checkpoints: Map<string, string>;
  /** Whether the next stream is a reset. */
  isPendingSyncReset: boolean;
}

/** What a new session may be told. */
export interface FakeSessionInit {
  /** The session that makes it. */
  parent?: FakeSession;
  /** How long it lasts, in milliseconds. */
  durationMs?: number | undefined;
  /** Kind of device. */
  deviceType?: string;
  /** System of the device. */
  deviceOS?: string;
}

/** All sessions of a server. */
export class Sessions {
  readonly #sessions = new Map<string, FakeSession>();
  readonly #now: () => number;

  /** Starts without any. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins a session. */
  create(
    userId: string,
    init: FakeSessionInit = {},
  ): FakeSession {
    const { parent, durationMs = Infinity } = init;
    const { deviceType = "", deviceOS = "" } = init;
    const session: FakeSession = {
      id: crypto.randomUUID(),
      accessToken: createToken(),
      userId,
      parent,
      expiresAt: this.#now() + durationMs,
      createdAt: this.#now(),
      usedAt: this.#now(),
      deviceType,
      deviceOS,
      checkpoints: new Map(),
      isPendingSyncReset: false,
    };
    this.#sessions.set(session.accessToken, session);
    return session;
  }

  /** The session of an access token, unless it is over; it is in use now. */
  use(accessToken: string): FakeSession | undefined {
    const session = this.#sessions.get(accessToken);
    if (session === undefined || !this.#isAlive(session)) return undefined;
    session.usedAt = this.#now();
    return session;
  }

  /** The sessions of a user, the newest first. */
  list(userId: string): FakeSession[] {
    return [...this.#sessions.values()].reverse()
      .filter((session) => session.userId === userId);
  }

  /** Ends a session and its children. */
  end(session: FakeSession): void {
    this.#sessions.delete(session.accessToken);
    for (const child of this.#sessions.values()) {
      if (child.parent === session) this.end(child);
    }
  }

  /** Forgets how far a session is. */
  reset(session: FakeSession): void {
    session.isPendingSyncReset = false;
    session.checkpoints.clear();
  }

  #isAlive({ expiresAt, usedAt, parent }: FakeSession): boolean {
    const now = this.#now();
    return expiresAt > now && usedAt + UNUSED_MS > now &&
      (parent === undefined || this.#isAlive(parent));
  }
}

/** A secret as real servers make them: letters and digits of 32 random bytes. */
export function createToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, "");
}

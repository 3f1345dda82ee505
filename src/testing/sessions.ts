/**
 * A server's sessions, each with its own sync checkpoints.
 *
 * @module
 */

/** How long an unused session remains valid, in milliseconds. */
const UNUSED_MS = 90 * 24 * 60 * 60 * 1000;

/** A session, as the server stores it. */
export interface FakeSession {
  /** Id of the session. */
  id: string;
  /** The access token. */
  accessToken: string;
  /** Id of the user. */
  userId: string;
  /**
   * The parent session, which created this session. When the parent ends, this
   * session ends too.
   */
  parent: FakeSession | undefined;
  /** When the session expires, in milliseconds since 1970. */
  expiresAt: number;
  /** When the session was created, in milliseconds since 1970. */
  createdAt: number;
  /** When the session was last used, in milliseconds since 1970. */
  usedAt: number;
  /** The device type shown in the user's list of sessions. */
  deviceType: string;
  /** The operating system shown in the user's list of sessions. */
  deviceOS: string;
  /** Checkpoint → the last ack sent for that checkpoint. */
  checkpoints: Map<string, string>;
  /** Whether the next stream is a reset. */
  isPendingSyncReset: boolean;
}

/** Options for a new session. */
export interface FakeSessionInit {
  /** The parent session, which creates the new session. */
  parent?: FakeSession;
  /** How long the session lasts, in milliseconds. */
  durationMs?: number | undefined;
  /** The device type. */
  deviceType?: string;
  /** The operating system. */
  deviceOS?: string;
}

/** All sessions on a server. */
export class Sessions {
  readonly #sessions = new Map<string, FakeSession>();
  readonly #now: () => number;

  /** Creates an empty list of sessions. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Creates a session. */
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

  /**
   * Returns the session for an access token, if the token is valid, and marks the
   * session as used.
   */
  use(accessToken: string): FakeSession | undefined {
    const session = this.#sessions.get(accessToken);
    if (session === undefined || !this.#isAlive(session)) return undefined;
    session.usedAt = this.#now();
    return session;
  }

  /** Returns a user's sessions, newest first. */
  list(userId: string): FakeSession[] {
    return [...this.#sessions.values()].reverse()
      .filter((session) => session.userId === userId);
  }

  /** Ends a session and its child sessions. */
  end(session: FakeSession): void {
    this.#sessions.delete(session.accessToken);
    for (const child of this.#sessions.values()) {
      if (child.parent === session) this.end(child);
    }
  }

  /** Deletes a session's checkpoints. */
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

/** Creates a secret as real servers do: letters and digits from 32 random bytes. */
export function createToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, "");
}

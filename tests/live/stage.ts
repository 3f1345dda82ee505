/**
 * The server under test, with an administrator's session, which creates
 * throwaway users and deletes them at the end.
 */
import {
  login,
  logout,
  type ServerVersion,
  serverVersion,
  type Session,
  supportedSyncTypes,
  type SyncRequestType,
} from "@immich-edge/sync";
import { Account, pause } from "./account.ts";
import { call } from "./call.ts";
import type { LiveOptions } from "./options.ts";

/** How long the server may take to delete a user and their files. */
const MAX_CLEANUP_MS = 120_000;
const POLL_MS = 250;

/** A user, as an administrator sees it. */
interface ListedUser {
  id: string;
  email: string;
  deletedAt: string | null;
}

/** What the server contains. */
interface Inventory {
  users: ListedUser[];
  /** Number of the administrator's sessions. */
  sessions: number;
  photos: number;
  videos: number;
}

/** The server under test. */
export class Stage {
  readonly options: LiveOptions;
  /** Aborted when the checks are interrupted. */
  readonly signal: AbortSignal;
  readonly version: ServerVersion;
  readonly #admin: Session;
  readonly #before: Inventory;
  /** Distinguishes this run's users from all other users. */
  readonly #mark: string = crypto.randomUUID().slice(0, 8);
  #number = 0;

  private constructor(
    options: LiveOptions,
    signal: AbortSignal,
    version: ServerVersion,
    admin: Session,
    before: Inventory,
  ) {
    this.options = options;
    this.signal = signal;
    this.version = version;
    this.#admin = admin;
    this.#before = before;
  }

  /** Signs in, and takes an inventory. */
  static async open(
    options: LiveOptions,
    signal: AbortSignal,
  ): Promise<Stage> {
    const { server: baseUrl, adminEmail, adminPassword } = options;
    const version = await serverVersion({ baseUrl }, { signal });
    const admin = await login(adminEmail, adminPassword, { baseUrl, signal });
    try {
      const before = await takeInventory(admin);
      return new Stage(options, signal, version, admin, before);
    } catch (error) {
      await logout(admin);
      throw error;
    }
  }

  /** The server's address. */
  get baseUrl(): string {
    return this.options.server;
  }

  /** The request types that the server supports. */
  get types(): SyncRequestType[] {
    return supportedSyncTypes(this.version);
  }

  /** Creates a throwaway user, and signs in as this user. */
  async addAccount(name: string): Promise<Account> {
    const { baseUrl, signal } = this;
    const email = `live-${name}-${this.#mark}-${this.nextNumber()}@immich.test`;
    const password = crypto.randomUUID();
    const body = { email, password, name, shouldChangePassword: false };
    await call(this.#admin, "POST", "/admin/users", { body, signal });
    const session = await login(email, password, { baseUrl, signal });
    return new Account(session, email, signal);
  }

  /** Deletes a user for good, and waits until the server has done so. */
  async deleteAccount({ id }: Account): Promise<void> {
    if (await this.#delete(id, this.signal)) return;
    throw new Error("The server has not deleted a user");
  }

  /** Soft-deletes a user, who can be restored. */
  async softDeleteAccount({ id }: Account): Promise<void> {
    await deleteUser(this.#admin, id, false);
  }

  /** Restores a soft-deleted user. */
  async restoreAccount({ id }: Account): Promise<void> {
    await restoreUser(this.#admin, id);
  }

  /** Returns a different number each time, to vary random choices. */
  nextNumber(): number {
    return ++this.#number;
  }

  /** Calls an endpoint as the administrator. */
  async asAdmin<T>(path: string): Promise<T> {
    return await call<T>(this.#admin, "GET", path, { signal: this.signal });
  }

  /**
   * Deletes this run's users, signs out, and returns the numbers that differ
   * from those at the start: none, if all went well. Also works after an interruption.
   */
  async close(): Promise<string[]> {
    const { signal } = new AbortController();
    try {
      // One after another: in Immich 2.7.5, users who share something and are
      // deleted at the same time cause deadlocks in the database.
      for (const { id } of await this.#newUsers()) {
        if (!await this.#delete(id, signal)) break;
      }
      const end = Date.now() + MAX_CLEANUP_MS;
      while (true) {
        const left = await this.#differences();
        if (left.length === 0 || Date.now() > end) return left;
        await pause(POLL_MS, signal);
      }
    } finally {
      await logout(this.#admin).catch(() => {});
    }
  }

  /**
   * Deletes a user, and returns whether the server has done so. Repeats the request
   * if the server's job may have failed.
   */
  async #delete(id: string, signal: AbortSignal): Promise<boolean> {
    const end = Date.now() + MAX_CLEANUP_MS;
    let triedAt = -Infinity;
    while (true) {
      const users = await listUsers(this.#admin);
      const user = users.find((user) => user.id === id);
      if (user === undefined) return true;
      const now = Date.now();
      if (now > end) return false;
      if (now - triedAt >= this.options.deleteMs) {
        // The server does not delete a user who is soft-deleted.
        if (user.deletedAt !== null) await restoreUser(this.#admin, id);
        await deleteUser(this.#admin, id, true);
        triedAt = now;
      }
      await pause(POLL_MS, signal);
    }
  }

  /** Returns this run's users, and the OAuth user if this run created it. */
  async #newUsers(): Promise<ListedUser[]> {
    const earlier = new Set(this.#before.users.map(({ id }) => id));
    const { oauthEmail } = this.options;
    return (await listUsers(this.#admin)).filter(({ id, email }) =>
      !earlier.has(id) &&
      (email.includes(`-${this.#mark}-`) || email === oauthEmail)
    );
  }

  async #differences(): Promise<string[]> {
    const before = toCounts(this.#before);
    const after = toCounts(await takeInventory(this.#admin));
    return Object.keys(after).filter((name) => after[name] !== before[name])
      .map((name) => `${name}: ${before[name]} → ${after[name]}`);
  }
}

async function listUsers(admin: Session): Promise<ListedUser[]> {
  return await call(admin, "GET", "/admin/users?withDeleted=true");
}

async function restoreUser(admin: Session, id: string): Promise<void> {
  await call(admin, "POST", `/admin/users/${id}/restore`);
}

async function deleteUser(
  admin: Session,
  id: string,
  force: boolean,
): Promise<void> {
  const body = { force };
  await call(admin, "DELETE", `/admin/users/${id}`, { body });
}

async function takeInventory(admin: Session): Promise<Inventory> {
  const { photos, videos } = await call<{ photos: number; videos: number }>(
    admin,
    "GET",
    "/server/statistics",
  );
  const sessions = await call<unknown[]>(admin, "GET", "/sessions");
  const users = await listUsers(admin);
  return { users, sessions: sessions.length, photos, videos };
}

function toCounts({ users, ...counts }: Inventory): Record<string, number> {
  return { users: users.length, ...counts };
}

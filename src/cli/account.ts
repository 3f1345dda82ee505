/**
 * The signed-in account.
 *
 * @module
 */
import { logout } from "../auth/mod.ts";
import { AuthenticationError } from "../errors/mod.ts";
import {
  type CallOptions,
  createClient,
  type Fetch,
  type Session,
} from "../http/mod.ts";
import { currentUser } from "../server/mod.ts";
import { SignedOutError } from "./errors.ts";
import type { Io } from "./io.ts";
import { type Login, LoginFile } from "./login_file.ts";

const DAY_MS = 86_400_000;

/** Returns the options for calls to a login's server. */
export function toCall(
  { fetch, signal }: Pick<Io, "signal"> & { fetch: Fetch },
  { allowInsecureHttp }: Pick<Login, "allowInsecureHttp">,
): CallOptions {
  return { client: createClient({ fetch, allowInsecureHttp }), signal };
}

/**
 * Calls a function with the login.
 *
 * @throws {SignedOutError} If nobody is signed in, or the login has ended.
 */
export async function withLogin<T>(
  io: Io,
  use: (login: Login) => Promise<T>,
): Promise<T> {
  const file = new LoginFile(io);
  const login = file.read();
  try {
    return await use(login);
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error;
    const { accessToken, authType } = login.session;
    if (file.read().session.accessToken !== accessToken) {
      // Another process has signed in again, which has ended this login.
      return await withLogin(io, use);
    }
    const how = authType === "password" ? " --email YOU@EXAMPLE.COM" : "";
    throw new SignedOutError(
      `Your login has ended. Sign in again with: immich-sync login${how}`,
    );
  }
}

/**
 * Reads the login, and uses it once a day, because the server ends a session
 * that has not been used for 90 days, together with its child sessions.
 *
 * @throws {SignedOutError} If nobody is signed in, or the login has ended.
 */
export async function useLogin(io: Io): Promise<Login> {
  return await withLogin(io, async (login) => {
    const usedAt = io.clock.now();
    if (Math.abs(usedAt - login.usedAt) < DAY_MS) return login;
    await currentUser(login.session, toCall(io, login));
    const used = { ...login, usedAt };
    new LoginFile(io).replace(login, used);
    return used;
  });
}

/** Ends logins, and returns those that may still exist. */
export async function endLogins(
  sessions: readonly Session[],
  io: Io,
): Promise<Session[]> {
  // Plain http was already accepted when the user signed in.
  const call = toCall(io, { allowInsecureHttp: true });
  const left: Session[] = [];
  for (const session of sessions) {
    try {
      await logout(session, call);
    } catch (error) {
      io.signal.throwIfAborted();
      if (!(error instanceof AuthenticationError)) left.push(session);
    }
  }
  return left;
}

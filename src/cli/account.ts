/**
 * The signed-in account, and the sessions of its copies.
 *
 * @module
 */
import {
  createChildSession,
  keepSessionWith,
  type KeptSession,
} from "../auth/mod.ts";
import {
  type CallOptions,
  createClient,
  type Fetch,
  type Session,
} from "../http/mod.ts";
import { currentUser } from "../server/mod.ts";
import { Copies } from "./copies.ts";
import type { Io } from "./io.ts";
import { type Login, LoginFile } from "./login_file.ts";

const DAY_MS = 86_400_000;

/** How long a crashed process blocks others that need the same session. */
const LEASE_MS = 15_000;

/** The command's name in the user's list of sessions. */
export const DEVICE_TYPE = "immich-sync";

/** Returns the options for calls to a login's server. */
export function toCall(
  { fetch, signal }: Pick<Io, "signal"> & { fetch: Fetch },
  { allowInsecureHttp }: Pick<Login, "allowInsecureHttp">,
): CallOptions {
  return { client: createClient({ fetch, allowInsecureHttp }), signal };
}

/**
 * Reads the login, and uses it once a day, because the server ends a session
 * that has not been used for 90 days, together with its child sessions.
 *
 * @throws {SignedOutError} If nobody is signed in.
 * @throws {AuthenticationError} If the login has ended.
 */
export async function useLogin(
  io: Io,
  file: LoginFile = new LoginFile(io),
): Promise<Login> {
  const login = file.read();
  const usedAt = io.clock.now();
  if (Math.abs(usedAt - login.usedAt) < DAY_MS) return login;
  await currentUser(login.session, toCall(io, login));
  const used = { ...login, usedAt };
  file.replace(login, used);
  return used;
}

/**
 * Returns a copy's session, which has its own checkpoints.
 *
 * The session is a grandchild of the login session. After a crash that may have
 * left a child session behind, `keepSession` ends the session that it was
 * given; if that were the login session, the user would be signed out.
 */
export function sessionOf(
  copy: string,
  io: Io,
  call: CallOptions,
): KeptSession {
  const options = { ...call, deviceType: DEVICE_TYPE, deviceOS: io.platform };
  async function signIn(): Promise<Session> {
    const { session } = await useLogin(io);
    return await createChildSession(session, options);
  }
  const kept = keepSessionWith(
    new Copies(io).storeOf(copy),
    signIn,
    { ...options, leaseMs: LEASE_MS },
    io.clock,
  );
  return {
    async get() {
      await useLogin(io);
      return await kept.get();
    },
    end: () => kept.end(),
  };
}

/** Ends a copy's session, and removes the copy from the list. */
export async function forgetCopy(
  copy: string,
  io: Io,
  call: CallOptions,
): Promise<void> {
  await sessionOf(copy, io, call).end();
  new Copies(io).forget(copy);
}

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

/** How the command calls itself in the user's list of sessions. */
export const DEVICE_TYPE = "immich-sync";

/** Returns the options for calls to the server of a login. */
export function toCall(
  { fetch, signal }: Pick<Io, "signal"> & { fetch: Fetch },
  { allowInsecureHttp }: Pick<Login, "allowInsecureHttp">,
): CallOptions {
  return { client: createClient({ fetch, allowInsecureHttp }), signal };
}

/**
 * Reads the login, and uses it once a day, because a session that is not used
 * for 90 days ends, and its child sessions with it.
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
 * Returns the session of a copy, which has checkpoints of its own.
 *
 * The session is a child of a child of the login: `keepSession` ends the
 * session that it was given if a crash may have left a child of it behind, and
 * that must not sign the user out.
 */
export function sessionOf(
  copy: string,
  io: Io,
  call: CallOptions,
): KeptSession {
  async function signIn(): Promise<Session> {
    const { session } = await useLogin(io);
    const device = { deviceType: DEVICE_TYPE, deviceOS: io.platform };
    return await createChildSession(session, { ...call, ...device });
  }
  const kept = keepSessionWith(
    new Copies(io).storeOf(copy),
    signIn,
    {
      ...call,
      deviceType: DEVICE_TYPE,
      deviceOS: io.platform,
      leaseMs: LEASE_MS,
    },
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

/**
 * The session of a copy, a descendant of the login.
 *
 * @module
 */
import {
  createChildSession,
  keepSessionWith,
  type KeptSession,
} from "../auth/mod.ts";
import { AuthenticationError } from "../errors/mod.ts";
import type { CallOptions, Session } from "../http/mod.ts";
import { useLogin, withLogin } from "./account.ts";
import { Copies } from "./copies.ts";
import { toWords } from "./duration.ts";
import { SessionEndedError } from "./errors.ts";
import type { Io } from "./io.ts";

/** How long a crashed process blocks others that need the same session. */
const LEASE_MS = 15_000;

/** How long each sign-in of a copy waits for others; too short to mention. */
const SETTLE_MS = 1_000;

/** The command's name in the user's list of sessions. */
const DEVICE_TYPE = "immich-sync";

/**
 * Returns a copy's session, which has its own checkpoints.
 *
 * The session is a grandchild of the login session. After a crash that may have
 * left a child session behind, `keepSession` ends the session that it was
 * given; if that were the login session, the user would be signed out.
 *
 * @param say Tells the user why the command waits.
 */
export function sessionOf(
  copy: string,
  io: Io,
  call: CallOptions,
  say: (text: string) => void = (text) =>
    void io.stderr.write(`${text}\n`).catch(() => {}),
): KeptSession {
  const options = { ...call, deviceType: DEVICE_TYPE, deviceOS: io.platform };
  const kept = keepSessionWith(
    new Copies(io).storeOf(copy),
    () => withLogin(io, ({ session }) => createChildSession(session, options)),
    {
      ...options,
      settleMs: SETTLE_MS,
      leaseMs: LEASE_MS,
      onTrace(event) {
        if (event.type !== "wait" || event.waitMs <= SETTLE_MS) return;
        const time = toWords(event.waitMs);
        say(
          `Waiting up to ${time}: another run is signing in, or was killed while it signed in`,
        );
      },
    },
    io.clock,
  );
  return {
    async get() {
      await useLogin(io);
      try {
        return await kept.get();
      } catch (error) {
        throw toSessionEnded(error);
      }
    },
    end: () => kept.end(),
  };
}

/**
 * Calls a function with a copy's session. If the server ends this session
 * meanwhile, calls the function again, with a new session.
 *
 * @param onEnd Called before the second call.
 *
 * @throws {SignedOutError} If the login has ended, too.
 * @throws {SessionEndedError} If the server ends the new session as well.
 */
export async function withSession<T>(
  kept: KeptSession,
  use: (session: Session) => Promise<T>,
  onEnd: () => void = () => {},
): Promise<T> {
  try {
    return await use(await kept.get());
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error;
  }
  const session = await kept.get();
  onEnd();
  return await use(session).catch((error) => {
    throw toSessionEnded(error);
  });
}

/** Turns a 401, which ends only a copy's session, into an error that says so. */
export function toSessionEnded(error: unknown): unknown {
  return error instanceof AuthenticationError
    ? new SessionEndedError("The server has ended the session of this run")
    : error;
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

/**
 * `logout`: ends the login and its sessions.
 *
 * @module
 */
import { logout } from "../auth/mod.ts";
import { AuthenticationError, isImmichError } from "../errors/mod.ts";
import { endLogins, toCall } from "./account.ts";
import type { Arguments, Command } from "./command.ts";
import { Copies } from "./copies.ts";
import { EXIT } from "./exit_codes.ts";
import { toFailure } from "./failure.ts";
import type { Io } from "./io.ts";
import { LoginFile } from "./login_file.ts";

/** The `logout` command. */
export const LOGOUT: Command = {
  summary: "Sign out",
  usage: "[options]",
  description:
    `Signs out on the server, which also ends the copies' sessions, and deletes the
stored login and sessions. Your SQLite files are kept.`,
  positionals: [],
  options: {
    force: {
      help: `Delete the stored login even if the server cannot be reached.
The sessions on the server then remain valid.`,
    },
  },
  run,
};

async function run({ options }: Arguments, io: Io): Promise<number> {
  const file = new LoginFile(io);
  const login = file.read();
  const { baseUrl } = login.session;
  let isEnded = true;
  try {
    await logout(login.session, toCall(io, login));
  } catch (error) {
    io.signal.throwIfAborted();
    if (!isImmichError(error)) throw error;
    isEnded = error instanceof AuthenticationError;
    if (!isEnded && options.force === undefined) {
      const { text, code } = toFailure(error);
      await io.stderr.write(
        `${text}; to delete the stored login anyway, add --force\n`,
      );
      return code;
    }
  }
  const left = await endLogins(login.earlier, io);
  new Copies(io).delete();
  file.replace(login, undefined);
  for (const { baseUrl } of left) {
    await io.stderr.write(
      `An earlier session at ${baseUrl} could not be ended; end it in your account settings on that server\n`,
    );
  }
  if (!isEnded) {
    await io.stderr.write(
      `The login and the copies' sessions at ${baseUrl} could not be ended, and are still valid; end them in your account settings on that server\n`,
    );
  }
  await io.stdout.write(
    isEnded
      ? `Signed out of ${baseUrl}\n`
      : `Deleted the stored login at ${baseUrl}\n`,
  );
  return EXIT.done;
}

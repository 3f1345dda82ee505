/**
 * `logout`: ends the login and its sessions.
 *
 * @module
 */
import { logout } from "../auth/mod.ts";
import { AuthenticationError } from "../errors/mod.ts";
import { toCall } from "./account.ts";
import type { Arguments, Command } from "./command.ts";
import { Copies } from "./copies.ts";
import { EXIT } from "./exit_codes.ts";
import type { Io } from "./io.ts";
import { endAll } from "./login_command.ts";
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
      help: "Delete the stored login even if the server cannot be reached.",
    },
  },
  run,
};

async function run({ options }: Arguments, io: Io): Promise<number> {
  const file = new LoginFile(io);
  const login = file.read();
  try {
    await logout(login.session, toCall(io, login));
  } catch (error) {
    io.signal.throwIfAborted();
    const isEnded = error instanceof AuthenticationError;
    if (!isEnded && options.force === undefined) throw error;
  }
  const left = await endAll(login.earlier, io);
  new Copies(io).delete();
  file.replace(login, undefined);
  for (const { baseUrl } of left) {
    await io.stderr.write(
      `An earlier session at ${baseUrl} could not be ended; end it in your account settings on that server\n`,
    );
  }
  await io.stdout.write(`Signed out of ${login.session.baseUrl}\n`);
  return EXIT.done;
}

/**
 * `login`: signs in, and stores the session.
 *
 * @module
 */
import { logout } from "../auth/mod.ts";
import { type CallOptions, type Session, toSingleLine } from "../http/mod.ts";
import { formatVersion } from "../protocol/mod.ts";
import { currentUser } from "../server/mod.ts";
import { endLogins, toCall } from "./account.ts";
import { findServer, toAddress } from "./address.ts";
import { browserLogin, DEFAULT_PORT } from "./browser_login.ts";
import { type Arguments, type Command, valueOf } from "./command.ts";
import { Copies } from "./copies.ts";
import { ArgumentError } from "./errors.ts";
import { EXIT } from "./exit_codes.ts";
import type { Io } from "./io.ts";
import { type Login, LoginFile } from "./login_file.ts";
import { passwordLogin } from "./password_login.ts";

/** The `login` command. */
export const LOGIN: Command = {
  summary: "Sign in with your browser, or with a password",
  usage: "--server URL [options]",
  description:
    `Signs in with your browser, or with a password if you pass --email. The session
is stored in a file that only you can read. Any earlier login ends.

The password is read from IMMICH_PASSWORD, from the terminal, or from a pipe.`,
  positionals: [],
  options: {
    server: {
      value: "URL",
      help: `The server's address;
by default, the server of the last login.`,
    },
    email: {
      value: "EMAIL",
      help: "Sign in with this address and a password.",
    },
    port: {
      value: "PORT",
      help:
        `The local port that the browser returns to (default ${DEFAULT_PORT}).
Register http://localhost:PORT/callback as a redirect URI.`,
    },
    "no-browser": { help: "Print the address without opening a browser." },
    "allow-insecure-http": {
      help: "Allow plain http outside the local network.",
    },
  },
  run,
};

async function run(args: Arguments, io: Io): Promise<number> {
  const file = new LoginFile(io);
  const earlier = file.find();
  const server = valueOf(args, "server") ?? earlier?.session.baseUrl;
  if (server === undefined) {
    throw new ArgumentError("Say where your server is: --server URL");
  }
  const port = toPort(valueOf(args, "port"));
  const email = valueOf(args, "email");
  const allowInsecureHttp = args.options["allow-insecure-http"] === true ||
    (valueOf(args, "server") === undefined && !!earlier?.allowInsecureHttp);
  const call = toCall(io, { allowInsecureHttp });
  const { baseUrl, version } = await findServer(toAddress(server), call);
  await io.stdout.write(`Immich ${formatVersion(version)} at ${baseUrl}\n`);
  // Ctrl-C does not end a sign-in, because a session would be left behind if the
  // server has just created it.
  const { signal: _, ...whole } = call;
  const session = email === undefined
    ? await browserLogin(io, {
      baseUrl,
      port,
      opensBrowser: args.options["no-browser"] === undefined,
      call: whole,
    })
    : await passwordLogin(email, io, { ...whole, baseUrl });
  await store(session, { file, allowInsecureHttp, call: whole, io });
  const user = await currentUser(session, call);
  const name = toSingleLine(`${user.name} <${user.email}>`, 200);
  await io.stdout.write(`Signed in as ${name}\n`);
  return EXIT.done;
}

function toPort(text: string = String(DEFAULT_PORT)): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new ArgumentError(
    `"${text}" is not a port: write a number up to 65535`,
  );
}

interface Storing {
  file: LoginFile;
  allowInsecureHttp: boolean;
  call: CallOptions;
  io: Io;
}

/** Stores a new session, and ends the earlier one and its child sessions. */
async function store(
  session: Session,
  { file, allowInsecureHttp, call, io }: Storing,
): Promise<void> {
  const now = io.clock.now();
  let login: Login;
  try {
    io.signal.throwIfAborted();
    // Read only now: another login may have succeeded while the browser was open.
    const earlier = file.find();
    login = {
      version: 1,
      session,
      signedInAt: now,
      usedAt: now,
      allowInsecureHttp,
      earlier: earlier === undefined
        ? []
        : [...earlier.earlier, earlier.session],
    };
    file.write(login);
  } catch (error) {
    // A session that is not stored would stay on the server for 90 days.
    await logout(session, call).catch(() => {});
    throw error;
  }
  new Copies(io).forgetSessions();
  const left = await endLogins(login.earlier, io);
  if (login.earlier.length > 0) {
    file.replace(login, { ...login, earlier: left });
  }
  for (const { baseUrl } of left) {
    await io.stderr.write(
      `The earlier session at ${baseUrl} could not be ended; the next login or logout will try again\n`,
    );
  }
}

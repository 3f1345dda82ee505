/**
 * Signs in with a password.
 *
 * @module
 */
import { login, type LoginOptions } from "../auth/mod.ts";
import type { Session } from "../http/mod.ts";
import { UsageError } from "./errors.ts";
import type { Io } from "./io.ts";

/**
 * Asks for the password, and signs in.
 *
 * @throws {UsageError} If the password is empty.
 * @throws {AuthenticationError} If it is wrong.
 */
export async function passwordLogin(
  email: string,
  io: Io,
  options: LoginOptions,
): Promise<Session> {
  return await login(email, await askPassword(io, email), options);
}

/**
 * Reads the password from `IMMICH_PASSWORD`, from the terminal without showing
 * it, or from a pipe.
 */
async function askPassword(io: Io, email: string): Promise<string> {
  const fromEnv = io.env.IMMICH_PASSWORD;
  if (fromEnv) return fromEnv;
  const password = io.stdin.isTerminal
    ? await readSecret(io, `Password of ${email}: `)
    : (await readAll(io)).replace(/\r?\n$/, "");
  if (password !== "") return password;
  throw new UsageError(
    "The password is empty; type it, set IMMICH_PASSWORD or pipe it in",
  );
}

async function readAll({ stdin, signal }: Io): Promise<string> {
  let text = "";
  for await (const part of stdin.read(signal)) text += part;
  signal.throwIfAborted();
  return text;
}

/** Reads a line from the terminal without showing it. */
async function readSecret(io: Io, question: string): Promise<string> {
  const { stdin, stderr, signal } = io;
  await stderr.write(question);
  stdin.setRawMode(true);
  const typed: string[] = [];
  try {
    for await (const part of stdin.read(signal)) {
      // Arrow keys and the like send a sequence that starts with ESC.
      // deno-lint-ignore no-control-regex
      for (const key of part.replaceAll(/\x1b(?:\[[\d;]*.|O.|)/g, "")) {
        if (key === "\r" || key === "\n") return typed.join("");
        if (key === "\x03") io.interrupt();
        else if (key === "\x04") return typed.join("");
        else if (key === "\x7f" || key === "\b") typed.pop();
        else if (key === "\x15") typed.length = 0;
        else if (key >= " ") typed.push(key);
      }
      signal.throwIfAborted();
    }
    signal.throwIfAborted();
    return typed.join("");
  } finally {
    stdin.setRawMode(false);
    await stderr.write("\n");
  }
}

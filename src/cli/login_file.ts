/**
 * The file that holds the login.
 *
 * @module
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { StoreError } from "../errors/mod.ts";
import { isObject, isSession, parseJson, type Session } from "../http/mod.ts";
import { SignedOutError } from "./errors.ts";
import type { Io } from "./io.ts";
import { configDirectory } from "./paths.ts";
import { readIfExists, writePrivate } from "./private_file.ts";

/** A login, as stored. */
export interface Login {
  /** The version of this format. */
  version: 1;
  /** The session. */
  session: Session;
  /** When the user signed in, in milliseconds since 1970. */
  signedInAt: number;
  /** When the session was last used, in milliseconds since 1970. */
  usedAt: number;
  /** Whether plain http is allowed on any network. */
  allowInsecureHttp: boolean;
  /** Earlier logins that could not yet be ended on the server. */
  earlier: Session[];
}

/** Reads and writes the login. */
export class LoginFile {
  /** The path of the file. */
  readonly path: string;

  /** Determines the path; reads nothing yet. */
  constructor(io: Pick<Io, "env" | "home" | "platform">) {
    this.path = join(configDirectory(io), "login.json");
  }

  /**
   * Reads the login, if there is one.
   *
   * @throws {StoreError} If the file does not hold a login.
   */
  find(): Login | undefined {
    const text = readIfExists(this.path);
    if (text === undefined) return undefined;
    const value = parseJson(text);
    if (isLogin(value)) return value;
    throw new StoreError(
      `Cannot read the login: "${this.path}" does not hold a login; delete it and sign in again`,
      { code: "store_corrupt" },
    );
  }

  /**
   * Reads the login.
   *
   * @throws {SignedOutError} If there is none.
   * @throws {StoreError} If the file does not hold a login.
   */
  read(): Login {
    const login = this.find();
    if (login !== undefined) return login;
    throw new SignedOutError(
      "You are not signed in. Sign in with: immich-sync login --server URL",
    );
  }

  /** Stores a login. */
  write(login: Login): void {
    writePrivate(this.path, `${JSON.stringify(login, null, 2)}\n`);
  }

  /**
   * Replaces or deletes a login. Does nothing if another process has already
   * stored another login, whose session would be lost.
   */
  replace(from: Login, to: Login | undefined): void {
    const { accessToken } = from.session;
    if (this.find()?.session.accessToken !== accessToken) return;
    if (to === undefined) rmSync(this.path, { force: true });
    else this.write(to);
  }
}

function isLogin(value: unknown): value is Login {
  return isObject(value) && value.version === 1 && isSession(value.session) &&
    typeof value.signedInAt === "number" && typeof value.usedAt === "number" &&
    typeof value.allowInsecureHttp === "boolean" &&
    Array.isArray(value.earlier) && value.earlier.every(isSession);
}

/**
 * The copies that the command keeps, each with its own session.
 *
 * Checkpoints belong to a session, so no two copies share a session.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { SessionStore } from "../auth/mod.ts";
import { isObject, parseJson } from "../http/mod.ts";
import type { Io } from "./io.ts";
import { configDirectory } from "./paths.ts";
import { isMissing, readIfExists, writePrivate } from "./private_file.ts";

/** The name of the copy that stands for the reader of `events --ack`. */
export const EVENTS_COPY = "events";

/** A copy, as stored. */
interface StoredCopy {
  /** The path of a SQLite file, or {@linkcode EVENTS_COPY}. */
  copy: string;
  /** What the session's store contains; absent before the first sign-in. */
  session?: string | undefined;
  /**
   * The id of the last run, which the file contains too; for {@linkcode EVENTS_COPY}, a
   * hash of the access token.
   */
  run?: string | undefined;
}

/**
 * The list of copies. Each has a file that is named after a hash of the copy's path.
 */
export class Copies {
  readonly #directory: string;

  /** Determines the directory; reads nothing yet. */
  constructor(io: Pick<Io, "env" | "home" | "platform">) {
    this.#directory = join(configDirectory(io), "sessions");
  }

  /** Returns the store for a copy's session. */
  storeOf(copy: string): SessionStore {
    return {
      get: () => this.#read(copy).session,
      set: (session) => this.#change(copy, { session }),
      delete: () => this.#change(copy, { session: undefined }),
    };
  }

  /** Returns the id of a copy's last run. */
  lastRunOf(copy: string): string | undefined {
    return this.#read(copy).run;
  }

  /** Stores the id of a copy's last run. */
  setLastRun(copy: string, run: string): void {
    this.#change(copy, { run });
  }

  /** Returns the paths of all copies. */
  list(): string[] {
    return this.#files()
      .flatMap((path) => parse(readIfExists(path))?.copy ?? []).sort();
  }

  /** Forgets all copies' sessions, after the login has ended. */
  forgetSessions(): void {
    for (const copy of this.list()) this.storeOf(copy).delete();
  }

  /** Forgets a copy. The SQLite file is kept. */
  forget(copy: string): void {
    rmSync(this.#pathOf(copy), { force: true });
  }

  /** Forgets all copies. The SQLite files are kept. */
  delete(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #pathOf(copy: string): string {
    const hash = createHash("sha256").update(copy).digest("hex").slice(0, 32);
    return join(this.#directory, `${hash}.json`);
  }

  #read(copy: string): StoredCopy {
    const path = this.#pathOf(copy);
    const text = readIfExists(path);
    const stored = text === undefined ? { copy } : parse(text);
    if (stored !== undefined) return stored;
    throw new Error(`"${path}" is not a valid session file; delete it`);
  }

  #change(copy: string, change: Partial<StoredCopy>): void {
    const stored = { ...this.#read(copy), ...change };
    writePrivate(this.#pathOf(copy), JSON.stringify(stored));
  }

  #files(): string[] {
    try {
      return readdirSync(this.#directory)
        .filter((name) => name.endsWith(".json"))
        .map((name) => join(this.#directory, name));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}

function parse(text: string | undefined): StoredCopy | undefined {
  const value = text === undefined ? undefined : parseJson(text);
  if (!isObject(value) || typeof value.copy !== "string") return undefined;
  const { copy, session, run } = value;
  return {
    copy,
    session: typeof session === "string" ? session : undefined,
    run: typeof run === "string" ? run : undefined,
  };
}

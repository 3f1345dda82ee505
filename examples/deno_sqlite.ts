/**
 * Mirrors a photo library in a SQLite file that any SQLite tool can query.
 *
 *     deno add jsr:@immich-edge/sync
 *     export IMMICH_PASSWORD=…
 *     deno run -NRWE deno_sqlite.ts --server URL --email E --database photos.db
 *     sqlite3 photos.db "SELECT city, count(*) FROM exif GROUP BY city"
 *
 * The first run fetches everything; later runs fetch only what has changed. If you
 * stop a run with Ctrl-C, the next run continues it. The file also contains the
 * session, so only the file's owner can read it.
 *
 * @module
 */
import {
  AuthenticationError,
  createChildSession,
  currentUser,
  isImmichError,
  login,
  type Session,
  type SyncProgress,
} from "@immich-edge/sync";
import { createMirror, sqlite } from "@immich-edge/sync/mirror";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    server: { type: "string" },
    email: { type: "string" },
    password: {
      type: "string",
      default: Deno.env.get("IMMICH_PASSWORD") ?? "",
    },
    database: { type: "string", default: "photos.db" },
  },
});
const { server: baseUrl = "", email = "", password, database: file } = options;

/** A session, and a child session with separate checkpoints for this copy. */
interface Account {
  parent: Session;
  session: Session;
}

/** Opens the database file, which also contains a table for the account. */
function open(): DatabaseSync {
  Deno.openSync(file, { create: true, append: true, mode: 0o600 }).close();
  const database = new DatabaseSync(file);
  // Acknowledged rows are not sent again, so they must reach the disk first.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec("CREATE TABLE IF NOT EXISTS account (name PRIMARY KEY, json)");
  return database;
}

/** Returns the account of the previous run, or signs in. */
async function signIn(
  database: DatabaseSync,
  signal: AbortSignal,
): Promise<Account> {
  const name = `${email} at ${baseUrl}`;
  const row = database.prepare("SELECT json FROM account WHERE name = ?")
    .get(name);
  if (row !== undefined) return JSON.parse(String(row.json));
  const parent = await login(email, password, { baseUrl, signal });
  const deviceType = "deno_sqlite";
  const session = await createChildSession(parent, { deviceType, signal });
  const account: Account = { parent, session };
  database.prepare("INSERT INTO account VALUES (?, ?)")
    .run(name, JSON.stringify(account));
  return account;
}

const BAR_WIDTH = 20;
let shown = 0;

/**
 * Creates a progress bar that moves whenever rows arrive, because the server does
 * not say how many rows there are.
 */
function toBar(events: number): string {
  const place = Math.ceil(events / 1000) % BAR_WIDTH;
  return "·".repeat(place) + "█" + "·".repeat(BAR_WIDTH - 1 - place);
}

/** Shows a progress bar if the output is a terminal, and prints lines otherwise. */
function show({ type, events, bytes, state }: SyncProgress): void {
  const what = state === "retrying" ? "retrying" : type ?? "waiting";
  const count = `${events.toLocaleString("en")} rows`;
  const line = `${count}, ${(bytes / 1e6).toFixed(1)} MB, ${what}`;
  if (Deno.stdout.isTerminal()) {
    const bar = `\r${toBar(events)} ${line}\x1b[K`;
    Deno.stdout.writeSync(new TextEncoder().encode(bar));
  } else if (events > shown) console.log(line);
  shown = events;
}

async function main(): Promise<number> {
  if (baseUrl === "" || email === "") {
    console.error("Usage: --server URL --email E --database FILE");
    return 2;
  }
  const interrupt = new AbortController();
  const { signal } = interrupt;
  process.once("SIGINT", () => interrupt.abort()); // A second Ctrl-C kills the process.
  using database = open();
  try {
    const { parent, session } = await signIn(database, signal);
    // A parent session that is not used for 90 days ends, and so do its child sessions.
    const { id: userId } = await currentUser(parent, { signal });
    const mirror = await createMirror(sqlite(database), {
      userId,
      leaseMs: 5_000,
    });
    await mirror.sync(session, {
      signal,
      whenBusy: "wait", // A crashed run blocks this run for at most five seconds.
      onProgress: show,
    });
    console.log(`\n${file} is up to date`);
    return 0;
  } catch (error) {
    if (signal.aborted) return 130;
    if (!isImmichError(error)) throw error;
    console.error(`\n${error.message}`);
    if (error instanceof AuthenticationError) {
      database.exec("DELETE FROM account");
      console.error(
        "To sign in again, run this program again with the password",
      );
    }
    return 1;
  }
}

Deno.exit(await main());

/**
 * Backs up everything that an Immich server tells of a library, as it tells it,
 * in one SQLite file: a row per thing, with its type, its key and its JSON.
 *
 *     bunx jsr add @immich-edge/sync
 *     export IMMICH_PASSWORD=…
 *     bun bun_backup.ts --server URL --email E --database backup.db
 *     sqlite3 backup.db "SELECT type, count(*) FROM rows GROUP BY type"
 *
 * Run it as often as you like: it brings what has changed. Ctrl-C stops a run, and
 * the next one goes on from there. The session is in the file, too, so only its
 * owner may read it.
 *
 * @module
 */
import {
  AuthenticationError,
  createChildSession,
  currentUser,
  isImmichError,
  login,
  serverVersion,
  type Session,
  supportedSyncTypes,
  sync,
  type SyncBatch,
  type SyncPass,
  type SyncProcessor,
  type SyncProgress,
} from "@immich-edge/sync";
import { Database } from "bun:sqlite";
import { closeSync, openSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";

const PASS = "(SELECT value FROM state WHERE key = 'pass')";

// What is acknowledged does not come again: it has to be on the disk for good.
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT);
  INSERT OR IGNORE INTO state VALUES ('pass', 0);
  CREATE TABLE IF NOT EXISTS rows
    (type TEXT, key TEXT, pass INTEGER, json TEXT, PRIMARY KEY (type, key));
`;

/** What identifies a row that has no id, and names a row that is gone. */
const KEYS = [
  ...["albumId", "memoryId", "assetId", "stackId", "personId", "assetFaceId"],
  ...["editId", "sharedById", "sharedWithId", "userId", "key"],
];

/** Rows that go with another, of which alone the server tells: type, field → type, field. */
const HANGS_ON = [
  ["AlbumUser", "albumId", "Album", "id"],
  ["AlbumToAsset", "albumId", "Album", "id"],
  ["AlbumAsset", "id", "AlbumToAsset", "assetId"],
  ["AlbumAssetExif", "assetId", "AlbumToAsset", "assetId"],
  ["PartnerAsset", "ownerId", "Partner", "sharedById"],
  ["PartnerStack", "ownerId", "Partner", "sharedById"],
  ["PartnerAssetExif", "assetId", "PartnerAsset", "id"],
  ["MemoryToAsset", "memoryId", "Memory", "id"],
  ["AssetExif", "assetId", "Asset", "id"],
  ["AssetFace", "assetId", "Asset", "id"],
  ["AssetOcr", "assetId", "Asset", "id"],
  ["AssetEdit", "assetId", "Asset", "id"],
  ["AssetMetadata", "assetId", "Asset", "id"],
];

/** The backup. A row notes the full pass since which it is known to be there. */
class Backup implements SyncProcessor {
  readonly #database: Database;

  constructor(file: string) {
    closeSync(openSync(file, "a", 0o600));
    this.#database = new Database(file, { create: true, strict: true });
    this.#database.run(SCHEMA);
  }

  process({ type, events }: SyncBatch): void {
    const [, kind = type, isGone] =
      /^(.+?)(?:Backfill|Create|Update|(Delete))?V\d+$/.exec(type) ?? [];
    const put = `REPLACE INTO rows VALUES (?1, ?2, ${PASS}, ?3)`;
    // The texts in an asset go together, each other row by itself.
    const drop = type === "AssetOcrDeleteV1"
      ? "DELETE FROM rows WHERE type = ?1 AND json ->> 'assetId' = ?2"
      : "DELETE FROM rows WHERE type = ?1 AND key = ?2";
    this.#transact(() => {
      for (const { data, ack } of events) {
        if (isGone) this.#database.query(drop).run(kind, keyOf(data, KEYS));
        else {
          const key = keyOf(data, ["id"]) || keyOf(data, KEYS) || ack;
          this.#database.query(put).run(kind, key, JSON.stringify(data));
        }
      }
    });
  }

  begin({ kind, startedAt }: SyncPass): void {
    if (kind === "changes") return;
    // Noted as it begins: if it is interrupted, the next run goes on with it.
    this.#transact(() => {
      this.set("lastFullAt", startedAt);
      this.#database.run(
        "UPDATE state SET value = value + 1 WHERE key = 'pass'",
      );
    });
  }

  /** Sweeps what the last full pass has not brought, and what hung on a row that is gone. */
  end(): void {
    this.#transact(() => {
      this.#database.run(`DELETE FROM rows WHERE pass < ${PASS}`);
      for (const [type, field, other, otherField] of HANGS_ON) {
        this.#database.run(`
          DELETE FROM rows WHERE type = '${type}' AND json ->> '${field}' NOT IN
            (SELECT json ->> '${otherField}' FROM rows WHERE type = '${other}')`);
      }
    });
  }

  reset(): void {
    this.#database.run("DELETE FROM rows");
  }

  get<T>(key: string): T | undefined {
    const row = this.#database.query("SELECT value FROM state WHERE key = ?")
      .get(key) as { value: string } | null;
    return row === null ? undefined : JSON.parse(row.value);
  }

  set(key: string, value: unknown): void {
    this.#database.query("REPLACE INTO state VALUES (?, ?)")
      .run(key, JSON.stringify(value));
  }

  #transact(work: () => void): void {
    this.#database.transaction(work).immediate();
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** The values of those fields that a row has. */
function keyOf(data: unknown, fields: readonly string[]): string {
  const row = Object(data) as Record<string, unknown>;
  return fields.filter((field) => field in row).map((field) => row[field])
    .join("/");
}

const MONTH_MS = 30 * 24 * 60 * 60 * 1000;

const { values: options } = parseArgs({
  options: {
    server: { type: "string" },
    email: { type: "string" },
    password: {
      type: "string",
      default: process.env.IMMICH_PASSWORD ?? "",
    },
    database: { type: "string", default: "backup.db" },
  },
});
const { server: baseUrl = "", email = "", password, database } = options;

/** A login, and the session below it that has checkpoints for this backup alone. */
interface Account {
  of: string;
  parent: Session;
  session: Session;
}

/** The session of the run before, whose checkpoints go with this backup; or a new one. */
async function signIn(backup: Backup, signal: AbortSignal): Promise<Session> {
  const of = `${email} at ${baseUrl}`;
  const known = backup.get<Account | null>("account");
  if (known?.of === of) {
    // A session ends with its parent, and that if nobody uses it for 90 days.
    await currentUser(known.parent, { signal });
    return known.session;
  }
  const parent = await login(email, password, { baseUrl, signal });
  const deviceType = "bun_backup";
  const session = await createChildSession(parent, { deviceType, signal });
  backup.set("lastFullAt", null); // It has no checkpoints: everything comes.
  backup.set("account", { of, parent, session } satisfies Account);
  return session;
}

let shown = 0;

/** One line that is written anew on a terminal, and lines elsewhere. */
function show({ type, events, bytes, phase }: SyncProgress): void {
  const what = phase === "cut" ? "trying again" : type ?? "waiting";
  const count = `${events.toLocaleString("en")} rows`;
  const line = `${count}, ${(bytes / 1e6).toFixed(1)} MB, ${what}`;
  if (process.stdout.isTTY) {
    process.stdout.write(`\r${line}\x1b[K`);
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
  process.once("SIGINT", () => interrupt.abort()); // A second one ends it at once.
  using backup = new Backup(database);
  try {
    const session = await signIn(backup, signal);
    const version = await serverVersion(session, { signal });
    const lastFullAt = backup.get<number | null>("lastFullAt");
    await sync(session, supportedSyncTypes(version), backup, {
      signal,
      serverVersion: version,
      ackEvery: 1, // After each batch, so that no more than one comes again.
      full: { everyMs: MONTH_MS, lastFullAt },
      onProgress: show,
    });
    console.log(`\n${database} is up to date`);
    return 0;
  } catch (error) {
    if (signal.aborted) return 130;
    if (!isImmichError(error)) throw error;
    console.error(`\n${error.message}`);
    if (error instanceof AuthenticationError) {
      backup.set("account", null);
      console.error("To sign in again, start once more with the password");
    }
    return 1;
  }
}

process.exit(await main());

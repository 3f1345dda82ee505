/**
 * Keeps a copy of a photo library in a SQLite file, for whatever can query one.
 *
 *     deno add jsr:@immich-edge/sync
 *     export IMMICH_PASSWORD=…
 *     deno run -NRWE deno_sqlite.ts --server URL --email E --database photos.db
 *     sqlite3 photos.db "SELECT city, count(*) FROM photos GROUP BY city"
 *
 * The first run brings everything, later ones what has changed. Ctrl-C stops a
 * run, and the next one goes on from there. The session is in the file, too, so
 * only its owner may read it.
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
  sync,
  type SyncBatch,
  type SyncPass,
  type SyncProcessor,
  type SyncProgress,
  type UnknownEntityType,
} from "@immich-edge/sync";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";

/** What is copied; a server with another version of it is asked for that. */
const TYPES = [
  "AssetsV2",
  "AssetExifsV1",
  "AlbumsV2",
  "AlbumToAssetsV1",
] as const;
type Type = typeof TYPES[number];

const TABLES = ["assets", "exifs", "albums", "album_assets"];
const PASS = "(SELECT value FROM state WHERE key = 'pass')";

// What is acknowledged does not come again: it has to be on the disk for good.
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT);
  INSERT OR IGNORE INTO state VALUES ('pass', 0);
  CREATE TABLE IF NOT EXISTS assets (id TEXT PRIMARY KEY, pass INTEGER, data TEXT);
  CREATE TABLE IF NOT EXISTS exifs (id TEXT PRIMARY KEY, pass INTEGER, data TEXT);
  CREATE TABLE IF NOT EXISTS albums (id TEXT PRIMARY KEY, pass INTEGER, data TEXT);
  CREATE TABLE IF NOT EXISTS album_assets
    (album_id TEXT, asset_id TEXT, pass INTEGER, PRIMARY KEY (album_id, asset_id));
  CREATE INDEX IF NOT EXISTS albums_of_asset ON album_assets (asset_id);
  CREATE VIEW IF NOT EXISTS photos AS
    SELECT id, a.data ->> 'originalFileName' AS name, a.data ->> 'type' AS type,
      a.data ->> 'localDateTime' AS taken_at, a.data ->> 'isFavorite' AS is_favorite,
      a.data ->> 'deletedAt' AS trashed_at, e.data ->> 'city' AS city,
      e.data ->> 'country' AS country, e.data ->> 'model' AS camera
    FROM assets a LEFT JOIN exifs e USING (id);
  CREATE VIEW IF NOT EXISTS album_photos AS
    SELECT albums.data ->> 'name' AS album, photos.* FROM album_assets
    JOIN albums ON albums.id = album_id JOIN photos ON photos.id = asset_id;
`;

const PUT_ASSET = [`REPLACE INTO assets VALUES (?1 ->> 'id', ${PASS}, ?1)`];
const PUT_ALBUM = [`REPLACE INTO albums VALUES (?1 ->> 'id', ${PASS}, ?1)`];
const PUT_IN_ALBUM = [
  `REPLACE INTO album_assets VALUES (?1 ->> 'albumId', ?1 ->> 'assetId', ${PASS})`,
];

/** What each type of row does to the copy; what hangs on a row goes with it. */
const STATEMENTS: Record<
  Exclude<SyncBatch<Type>["type"], UnknownEntityType>,
  string[]
> = {
  AssetV1: PUT_ASSET,
  AssetV2: PUT_ASSET,
  AssetDeleteV1: [
    "DELETE FROM assets WHERE id = ?1 ->> 'assetId'",
    "DELETE FROM exifs WHERE id = ?1 ->> 'assetId'",
    "DELETE FROM album_assets WHERE asset_id = ?1 ->> 'assetId'",
  ],
  AssetExifV1: [`REPLACE INTO exifs VALUES (?1 ->> 'assetId', ${PASS}, ?1)`],
  AlbumV1: PUT_ALBUM,
  AlbumV2: PUT_ALBUM,
  AlbumDeleteV1: [
    "DELETE FROM albums WHERE id = ?1 ->> 'albumId'",
    "DELETE FROM album_assets WHERE album_id = ?1 ->> 'albumId'",
  ],
  AlbumToAssetV1: PUT_IN_ALBUM,
  AlbumToAssetBackfillV1: PUT_IN_ALBUM,
  AlbumToAssetDeleteV1: [
    "DELETE FROM album_assets WHERE (album_id, asset_id) = (?1 ->> 'albumId', ?1 ->> 'assetId')",
  ],
};

/** The copy. A row notes the full pass since which it is known to be there. */
class Copy implements SyncProcessor<Type>, Disposable {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    Deno.openSync(file, { create: true, append: true, mode: 0o600 }).close();
    this.#database = new DatabaseSync(file);
    this.#database.exec(SCHEMA);
  }

  process({ type, events }: SyncBatch<Type>): void {
    // What only a fork sends is left out.
    const statements = STATEMENTS[type as keyof typeof STATEMENTS] ?? [];
    this.#transact(() => {
      for (const sql of statements) {
        const statement = this.#database.prepare(sql);
        for (const { data } of events) statement.run(JSON.stringify(data));
      }
    });
  }

  begin({ kind, startedAt }: SyncPass): void {
    if (kind === "changes") return;
    // Noted as it begins: if it is interrupted, the next run goes on with it.
    this.#transact(() => {
      this.set("lastFullAt", startedAt);
      this.#database.exec(
        "UPDATE state SET value = value + 1 WHERE key = 'pass'",
      );
    });
  }

  /** Sweeps what the last full pass has not brought; readers never see less. */
  end(): void {
    this.#transact(() => {
      for (const table of TABLES) {
        this.#database.exec(`DELETE FROM ${table} WHERE pass < ${PASS}`);
      }
    });
  }

  reset(): void {
    this.#transact(() => {
      for (const table of TABLES) this.#database.exec(`DELETE FROM ${table}`);
    });
  }

  get<T>(key: string): T | undefined {
    const sql = "SELECT value FROM state WHERE key = ?";
    const { value } = this.#database.prepare(sql).get(key) ?? {};
    return typeof value === "string" ? JSON.parse(value) : undefined;
  }

  set(key: string, value: unknown): void {
    const sql = "REPLACE INTO state VALUES (?, ?)";
    this.#database.prepare(sql).run(key, JSON.stringify(value));
  }

  #transact(work: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

const MONTH_MS = 30 * 24 * 60 * 60 * 1000;

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
const { server: baseUrl = "", email = "", password, database } = options;

/** A login, and the session below it that has checkpoints for this copy alone. */
interface Account {
  of: string;
  parent: Session;
  session: Session;
}

/** The session of the run before, whose checkpoints go with this copy; or a new one. */
async function signIn(copy: Copy, signal: AbortSignal): Promise<Session> {
  const of = `${email} at ${baseUrl}`;
  const known = copy.get<Account | null>("account");
  if (known?.of === of) {
    // A session ends with its parent, and that if nobody uses it for 90 days.
    await currentUser(known.parent, { signal });
    return known.session;
  }
  const parent = await login(email, password, { baseUrl, signal });
  const deviceType = "deno_sqlite";
  const session = await createChildSession(parent, { deviceType, signal });
  copy.set("lastFullAt", null); // It has no checkpoints: everything comes.
  copy.set("account", { of, parent, session } satisfies Account);
  return session;
}

const BAR_WIDTH = 20;
let shown = 0;

/** A bar that moves with the rows: how many will come, no server tells. */
function toBar(events: number): string {
  const place = Math.ceil(events / 1000) % BAR_WIDTH;
  return "·".repeat(place) + "█" + "·".repeat(BAR_WIDTH - 1 - place);
}

/** A bar on a terminal, and lines elsewhere. */
function show({ type, events, bytes, phase }: SyncProgress): void {
  const what = phase === "cut" ? "trying again" : type ?? "waiting";
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
  process.once("SIGINT", () => interrupt.abort()); // A second one ends it at once.
  using copy = new Copy(database);
  try {
    const session = await signIn(copy, signal);
    const lastFullAt = copy.get<number | null>("lastFullAt");
    await sync(session, TYPES, copy, {
      signal,
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
      copy.set("account", null);
      console.error("To sign in again, start once more with the password");
    }
    return 1;
  }
}

Deno.exit(await main());

/** Reads the app's database while the app is using it. */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { deserialize, serialize } from "node:v8";
import type { Copy } from "../../../examples/photos/src/copy.ts";
import type { Session } from "../../../mod.ts";
import {
  createMirror,
  type MirrorTable,
  sqlite,
} from "../../../src/mirror/mod.ts";
import type { Snapshot } from "../../../src/testing/mod.ts";
import { assertMirrors } from "../../mirror/mirror_replica.ts";

/** The database of the only Durable Object in a folder. */
export class WorkerStorage {
  /** Where Miniflare stores the objects of an unnamed worker. */
  readonly #objects: string;

  /** The folder may not exist yet. */
  constructor(folder: string) {
    this.#objects = `${folder}/-Library`;
  }

  /** The stored state of the copy. */
  get copy(): Copy {
    const copy = this.#read<Copy>("copy");
    if (copy === undefined) throw new Error("There is no copy yet");
    return copy;
  }

  /** The copy's session. */
  get child(): Session | undefined {
    return this.#read<{ session: Session }>("sync_session")?.session;
  }

  /** Whether an alarm is set or being handled. */
  get hasAlarm(): boolean {
    const sql =
      "SELECT 1 FROM _cf_METADATA WHERE key = 1 AND value IS NOT NULL";
    return this.#use((database) => database.prepare(sql).get() !== undefined);
  }

  /**
   * Resets the limits on clicks, event streams and new sessions, even in a running
   * app.
   */
  resetLimits(): void {
    using database = new DatabaseSync(this.#path(), { timeout: 5000 });
    database.exec(
      "DELETE FROM _cf_KV WHERE key LIKE 'limit:%' OR key = 'session_created_at'",
    );
  }

  /** Ends all waits of an app that is stopped, so that its alarm is due. */
  endWaits(): void {
    this.resetLimits();
    const { failure, ...rest } = this.copy;
    const times = { retryAt: 0, blockedUntil: 0 };
    const copy = failure
      ? { ...rest, failure: { ...failure, ...times } }
      : rest;
    const due = BigInt(Date.now()) * 1_000_000n;
    using object = new DatabaseSync(this.#path());
    object.prepare("UPDATE _cf_KV SET value = ? WHERE key = 'copy'")
      .run(serialize(copy));
    object.prepare("UPDATE _cf_METADATA SET value = ? WHERE key = 1").run(due);
    using all = new DatabaseSync(`${this.#objects}/metadata.sqlite`);
    all.prepare("UPDATE _cf_ALARM SET scheduled_time = ?").run(due);
  }

  /** Whether the mirror exists; the first run creates it. */
  get hasMirror(): boolean {
    const sql = "SELECT 1 FROM sqlite_master WHERE name = 'mirror_events'";
    return this.#use((database) => database.prepare(sql).get() !== undefined);
  }

  /** Number of events stored since the start of the last full sync, by type. */
  get events(): Record<string, number> {
    const sql = "SELECT type, events FROM mirror_events";
    const rows = this.#use((database) => database.prepare(sql).all());
    return Object.fromEntries(rows.map((row) => [row.type, row.events]));
  }

  /** Size of the database, in bytes, including its write-ahead log. */
  get bytes(): number {
    const path = this.#path();
    const wal = `${path}-wal`;
    return Deno.statSync(path).size + Deno.statSync(wal).size;
  }

  /** Returns the number of rows in a table. */
  count(table: MirrorTable): number {
    const sql = `SELECT count(*) AS rows FROM ${table}`;
    return this.#use((database) => database.prepare(sql).get()!.rows) as number;
  }

  /** Returns whether a table has a row. */
  has(table: MirrorTable, id: string): boolean {
    const key = table === "exif" ? "asset_id" : "id";
    const sql = `SELECT 1 FROM ${table} WHERE ${key} = ?`;
    return this.#use((database) => database.prepare(sql).get(id)) !== undefined;
  }

  /** Asserts that each row matches the server's library. */
  async assertHolds(snapshot: Snapshot): Promise<void> {
    const { id: userId } = this.#read<{ id: string }>("owner")!;
    using database = this.#open();
    await assertMirrors(
      await createMirror(sqlite(database), { userId }),
      snapshot,
    );
  }

  #read<T>(key: string): T | undefined {
    const sql = "SELECT value FROM _cf_KV WHERE key = ?";
    const row = this.#use((database) => database.prepare(sql).get(key));
    if (row === undefined) return undefined;
    return deserialize(row.value as Uint8Array<ArrayBuffer>) as T;
  }

  #use<T>(read: (database: DatabaseSync) => T): T {
    using database = this.#open();
    return read(database);
  }

  #open(): DatabaseSync {
    return new DatabaseSync(this.#path(), { readOnly: true, timeout: 5000 });
  }

  #path(): string {
    const names = [...Deno.readDirSync(this.#objects)].map(({ name }) => name)
      .filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
    assertEquals(names.length, 1, "There must be one object");
    return `${this.#objects}/${names[0]}`;
  }
}

/**
 * From a batch to the statements that store it.
 *
 * @module
 */
import { isObject } from "../json.ts";
import type { SyncBatch } from "../sync/batch.ts";
import { isKnownType } from "../sync/event.ts";
import type { MirrorDatabase, SqlStatement, SqlValue } from "./database.ts";
import { type Removal, REMOVALS, tableOf } from "./entities.ts";
import type { MirrorTable } from "./rows.ts";
import { type ColumnType, quoted, TABLES } from "./tables.ts";

/**
 * Most parameters of a statement: what D1 and Durable Objects take
 * (developers.cloudflare.com/durable-objects/platform/limits, 2026-04). More make
 * no difference elsewhere (measured with node:sqlite).
 */
const MAX_PARAMETERS = 100;

/** Most characters of a JSON text; D1 takes 2 MB of UTF-8, a character has up to three bytes. */
const MAX_JSON_LENGTH = 500_000;

/** Rows on their way to a statement. */
type Values = SqlValue[][];

/** Turns batches into statements, in the way that suits a database. */
export class Writer {
  readonly #rowsAs: "parameters" | "json";

  /** Writes for a database. */
  constructor({ rowsAs = "parameters" }: MirrorDatabase) {
    this.#rowsAs = rowsAs;
  }

  /**
   * The statements that store a batch. What is stored is marked with the number
   * of the pass. Types that are not known are left out.
   */
  store({ type, events }: SyncBatch, pass: number): SqlStatement[] {
    if (!isKnownType(type)) return [];
    const rows = events.map(({ data }) => data as object);
    if (type in REMOVALS) {
      const removals = REMOVALS[type as keyof typeof REMOVALS];
      return removals.flatMap((removal) => this.#remove(removal, rows));
    }
    const table = tableOf(type);
    if (table === undefined) return [];
    const statements = this.#upsert(table, rows, pass);
    if (type !== "AlbumV1") return statements;
    // Servers up to 2.x name the owner in the album, later ones among its users.
    const owners = rows.map((row) => ({
      albumId: field(row, "id"),
      userId: field(row, "ownerId"),
      role: "owner",
    }));
    return [...statements, ...this.#upsert("album_users", owners, pass)];
  }

  #upsert(table: MirrorTable, rows: object[], pass: number): SqlStatement[] {
    const { key, columns } = TABLES[table];
    const fields = Object.entries<ColumnType>(columns);
    const names = [...fields.map(([name]) => quoted(name)), "pass"];
    const changes = names.map((name) => `${name} = excluded.${name}`);
    const values = rows.map((row) => [
      ...fields.map(([name, type]) => toValue(field(row, name), type, name)),
      pass,
    ]);
    return this.#sources(values).map(({ sql, params }) => ({
      sql: `INSERT INTO ${table} (${names.join(", ")}) ${sql} ` +
        `ON CONFLICT (${key.map(quoted).join(", ")}) ` +
        `DO UPDATE SET ${changes.join(", ")}`,
      params,
    }));
  }

  #remove({ table, fields }: Removal, rows: object[]): SqlStatement[] {
    const columns = Object.keys(fields).map(quoted).join(", ");
    const values = rows.map((row) =>
      Object.values(fields).map((name) => toValue(field(row, name), "text"))
    );
    return this.#sources(values).map(({ sql, params }) => ({
      sql: `DELETE FROM ${table} WHERE (${columns}) IN (${sql})`,
      params,
    }));
  }

  /** The rows as something to select from, in as many pieces as it takes. */
  #sources(rows: Values): SqlStatement[] {
    return this.#rowsAs === "json" ? toJsonSources(rows) : toValueLists(rows);
  }
}

function toValueLists(rows: Values): SqlStatement[] {
  const width = rows[0]?.length ?? 1;
  const height = Math.max(1, Math.floor(MAX_PARAMETERS / width));
  const row = `(${Array(width).fill("?").join(", ")})`;
  const lists: SqlStatement[] = [];
  for (let start = 0; start < rows.length; start += height) {
    const part = rows.slice(start, start + height);
    const sql = `VALUES ${part.map(() => row).join(", ")}`;
    lists.push({ sql, params: part.flat() });
  }
  return lists;
}

function toJsonSources(rows: Values): SqlStatement[] {
  const columns = Object.keys(rows[0] ?? []).map((i) => `value ->> ${i}`);
  // Without a WHERE, "ON CONFLICT" would read as the condition of a join.
  const sql = `SELECT ${columns.join(", ")} FROM json_each(?) WHERE true`;
  const sources: SqlStatement[] = [];
  let texts: string[] = [];
  let length = 0;
  function flush(): void {
    if (texts.length > 0) {
      sources.push({ sql, params: [`[${texts.join(",")}]`] });
    }
    texts = [];
    length = 0;
  }
  for (const row of rows) {
    const text = JSON.stringify(row);
    if (length + text.length > MAX_JSON_LENGTH) flush();
    texts.push(text);
    length += text.length;
  }
  flush();
  return sources;
}

function field(row: object, name: string): unknown {
  return (row as Record<string, unknown>)[name];
}

/** What is there of a field that older servers do not send. */
const DEFAULTS: Readonly<Record<string, SqlValue>> = { isVisible: 1 };

function toValue(value: unknown, type: ColumnType, name = ""): SqlValue {
  if (value === undefined) return DEFAULTS[name] ?? null;
  if (value === null) return null;
  switch (type) {
    case "boolean":
      return value === true ? 1 : 0;
    case "json":
      return JSON.stringify(value);
    case "milliseconds":
      return typeof value === "string" ? toMilliseconds(value) : Number(value);
    case "integer":
    case "real":
      return typeof value === "number" ? value : String(value);
    case "text":
      return isObject(value) ? JSON.stringify(value) : String(value);
  }
}

/** Reads a length as servers up to 2.x write it: `HH:MM:SS.mmm`. */
function toMilliseconds(text: string): number | null {
  const [, hours, minutes, seconds] = /^(\d+):(\d+):(\d+(?:\.\d+)?)$/
    .exec(text) ?? [];
  if (seconds === undefined) return null;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60;
  return Math.round((whole + Number(seconds)) * 1000);
}

/**
 * From a batch to the statements that store it.
 *
 * @module
 */
import { isObject } from "../http/mod.ts";
import type { SyncBatch } from "../sync/mod.ts";
import { isKnownType } from "../stream/mod.ts";
import type { MirrorDatabase, SqlStatement, SqlValue } from "./database.ts";
import { tableOf } from "./entities.ts";
import { REMOVALS, THIS_BATCH } from "./removals.ts";
import type { MirrorTable } from "./rows.ts";
import { toSql } from "./state.ts";
import { SHOWN } from "./sweep.ts";
import { type ColumnType, quoted, TABLES } from "./tables.ts";

/** Most characters of a JSON text; D1 takes 2 MB of UTF-8, a character has up to three bytes. */
const MAX_JSON_LENGTH = 500_000;

/** An asset that came through an album stays a candidate until something known shows it. */
const NOTE_ORPHANS = `INSERT OR IGNORE INTO mirror_candidates
    SELECT 'orphan', id, ${THIS_BATCH} FROM assets
    WHERE id IN {rows} AND NOT ${SHOWN}`;

/**
 * A share that begins brings all rows of its owner: those that came before, as
 * from an earlier share or an album, may be gone by now.
 */
const NOTE_SHARE = `INSERT OR REPLACE INTO mirror_candidates
  SELECT 'owner', column1, ${THIS_BATCH} FROM {rows}
  WHERE column1 NOT IN (
      SELECT shared_by_id FROM partners WHERE shared_with_id = {me})
    AND column1 NOT IN (SELECT user_id FROM mirror_sharers)
    AND EXISTS (
      SELECT 1 FROM assets WHERE owner_id <> {me} AND owner_id = column1)`;

/** Whose rows come as a partner's shares with the user, whether or not the share has come. */
const NOTE_SHARER = `INSERT INTO mirror_sharers VALUES (?, ?) ON CONFLICT
  DO UPDATE SET batch_number = excluded.batch_number`;

type RowsAs = "parameters" | "json";

/** How rows of one kind are written. */
interface Form {
  /** What each of its rows has, in its order. */
  columns: readonly Column[];
  /** The statement, always the same text: what it is prepared to is kept by it. */
  sql: string;
}

/** A field of a row on its way to a column. */
interface Column {
  field: string;
  toValue: (value: unknown) => SqlValue;
  /** What is there if an older server does not send it. */
  missing: SqlValue;
}

/** Turns batches into statements, in the way that suits a database. */
export class Writer {
  readonly #rowsAs: RowsAs;
  readonly #me: string;
  /** Table, or statement with placeholders → how its rows are written. */
  readonly #forms: Map<string, Form> = new Map();

  /** Writes for a database, which mirrors a user's library. */
  constructor({ rowsAs = "parameters" }: MirrorDatabase, userId: string) {
    this.#rowsAs = rowsAs;
    this.#me = toSql(userId);
  }

  /**
   * The statements that store a batch. What is stored is marked with the number
   * of the batch. Types that are not known are left out.
   */
  store({ type, events }: SyncBatch, batchNumber: number): SqlStatement[] {
    if (!isKnownType(type)) return [];
    const rows = events.map(({ data }) => data as object);
    if (type in REMOVALS) {
      const { fields, statements } = REMOVALS[type as keyof typeof REMOVALS];
      return statements.flatMap((sql) => this.#fill(sql, fields, rows));
    }
    const table = tableOf(type);
    if (table === undefined) return [];
    const isOfPartner = /^Partner(Asset|Stack)(Backfill)?V/.test(type);
    const sharers = table === "partners"
      ? rows.map((row) => field(row, "sharedById"))
      : isOfPartner
      ? [...new Set(rows.map((row) => field(row, "ownerId")))]
      : [];
    const shares = sharers.map((userId) => ({ userId }));
    const statements = [
      ...this.#fill(NOTE_SHARE, ["userId"], shares),
      ...this.#upsert(table, rows, batchNumber),
    ];
    if (isOfPartner) {
      for (const sharer of sharers) {
        const params = [String(sharer), batchNumber];
        statements.push({ sql: NOTE_SHARER, params });
      }
    } else if (/^AlbumAsset(Backfill|Create|Update)?V/.test(type)) {
      statements.push(...this.#fill(NOTE_ORPHANS, ["id"], rows));
    } else if (type === "AlbumV1") {
      // Servers up to 2.x name the owner in the album, later ones among its users.
      const owners = rows.map((row) => ({
        albumId: field(row, "id"),
        userId: field(row, "ownerId"),
        role: "owner",
      }));
      statements.push(...this.#upsert("album_users", owners, batchNumber));
    }
    return statements;
  }

  #upsert(
    table: MirrorTable,
    rows: object[],
    batchNumber: number,
  ): SqlStatement[] {
    const form = this.#form(table, () => toUpsert(table, this.#rowsAs));
    return this.#write(form, rows, [batchNumber]);
  }

  /** Fills in a statement with placeholders. */
  #fill(
    template: string,
    fields: readonly string[],
    rows: object[],
  ): SqlStatement[] {
    const form = this.#form(template, () => ({
      columns: fields.map((name) => toColumn(name, "text")),
      sql: template.replaceAll("{me}", this.#me)
        .replace("{rows}", toRows(fields.length, this.#rowsAs)),
    }));
    if (template.includes("{rows}")) return this.#write(form, rows, []);
    return [{ sql: form.sql, params: [] }];
  }

  #form(key: string, make: () => Form): Form {
    let form = this.#forms.get(key);
    if (form === undefined) this.#forms.set(key, form = make());
    return form;
  }

  #write(form: Form, rows: object[], more: SqlValue[]): SqlStatement[] {
    const values = rows.map((row) => toValues(row, form.columns, more));
    const { sql } = form;
    return this.#rowsAs === "json"
      ? toTexts(values).map((text) => ({ sql, params: [text] }))
      : values.map((params) => ({ sql, params }));
  }
}

function toUpsert(table: MirrorTable, rowsAs: RowsAs): Form {
  const { key, columns } = TABLES[table];
  const fields = Object.entries<ColumnType>(columns);
  const names = [...fields.map(([name]) => quoted(name)), "batch_number"];
  const changes = names.map((name) => `${name} = excluded.${name}`);
  return {
    columns: fields.map(([name, type]) => toColumn(name, type)),
    sql: `INSERT INTO ${table} (${names.join(", ")}) ` +
      `${toSource(names.length, rowsAs)} ` +
      `ON CONFLICT (${key.map(quoted).join(", ")}) ` +
      `DO UPDATE SET ${changes.join(", ")}`,
  };
}

/** Where the rows of an insert come from: the parameters are one row, or many as JSON. */
function toSource(width: number, rowsAs: RowsAs): string {
  if (rowsAs === "parameters") {
    return `VALUES (${Array(width).fill("?").join(", ")})`;
  }
  // Without a WHERE, "ON CONFLICT" would read as the condition of a join.
  return `SELECT * FROM ${toRows(width, rowsAs)} WHERE true`;
}

/** Rows as a subquery, with columns that are called `column1` and so on. */
function toRows(width: number, rowsAs: RowsAs): string {
  if (rowsAs === "parameters") return `(${toSource(width, rowsAs)})`;
  const columns = Array.from(
    { length: width },
    (_, i) => `value ->> ${i} AS column${i + 1}`,
  );
  return `(SELECT ${columns.join(", ")} FROM json_each(?))`;
}

function toColumn(name: string, type: ColumnType): Column {
  return {
    field: name,
    toValue: TO_VALUE[type],
    missing: DEFAULTS[name] ?? null,
  };
}

function toValues(
  row: object,
  columns: readonly Column[],
  more: SqlValue[],
): SqlValue[] {
  const values: SqlValue[] = [];
  for (const { field: name, toValue, missing } of columns) {
    const value = field(row, name);
    if (value === null) values.push(null);
    else values.push(value === undefined ? missing : toValue(value));
  }
  values.push(...more);
  return values;
}

/** Rows as JSON, in as many texts as it takes. */
function toTexts(rows: SqlValue[][]): string[] {
  const texts: string[] = [];
  let parts: string[] = [];
  let length = 0;
  function flush(): void {
    if (parts.length > 0) texts.push(`[${parts.join(",")}]`);
    parts = [];
    length = 0;
  }
  for (const row of rows) {
    const part = JSON.stringify(row);
    if (length + part.length > MAX_JSON_LENGTH) flush();
    parts.push(part);
    length += part.length;
  }
  flush();
  return texts;
}

function field(row: object, name: string): unknown {
  return (row as Record<string, unknown>)[name];
}

/** What is there of a field that older servers do not send. */
const DEFAULTS: Readonly<Record<string, SqlValue>> = { isVisible: 1 };

/** What a column holds of a value that is there. */
const TO_VALUE: Record<ColumnType, (value: unknown) => SqlValue> = {
  text(value) {
    if (typeof value === "string") return value;
    return isObject(value) ? JSON.stringify(value) : String(value);
  },
  integer: toNumber,
  real: toNumber,
  boolean: (value) => value === true ? 1 : 0,
  json: (value) => JSON.stringify(value),
  milliseconds: (value) =>
    typeof value === "string" ? toMilliseconds(value) : Number(value),
};

function toNumber(value: unknown): SqlValue {
  return typeof value === "number" ? value : String(value);
}

/** Reads a length as servers up to 2.x write it: `HH:MM:SS.mmm`. */
function toMilliseconds(text: string): number | null {
  const [, hours, minutes, seconds] = /^(\d+):(\d+):(\d+(?:\.\d+)?)$/
    .exec(text) ?? [];
  if (seconds === undefined) return null;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60;
  return Math.round((whole + Number(seconds)) * 1000);
}

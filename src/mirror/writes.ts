/**
 * Converts batches to the statements that store them.
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
import { IS_SHOWN } from "./sweep.ts";
import { type ColumnType, TABLES, toQuotedColumn } from "./tables.ts";

/** The maximum length of a JSON string. D1 allows 2 MB of UTF-8, with up to 3 bytes per UTF-16 unit. */
const MAX_JSON_LENGTH = 500_000;

/** Makes an asset that arrived through an album a candidate until something shows it. */
const NOTE_ORPHANS = `INSERT OR IGNORE INTO {mirror_candidates}
    SELECT 'orphan', id, ${THIS_BATCH} FROM {assets}
    WHERE id IN {rows} AND NOT ${IS_SHOWN}`;

/**
 * Makes the owner of a new share a candidate. The server sends all rows of a new
 * share, so the owner's earlier rows, from a previous share or an album, may have
 * been deleted if they are not sent again.
 */
const NOTE_SHARE = `INSERT OR REPLACE INTO {mirror_candidates}
  SELECT 'owner', column1, ${THIS_BATCH} FROM {rows}
  WHERE column1 NOT IN (
      SELECT shared_by_id FROM {partners} WHERE shared_with_id = {me})
    AND column1 NOT IN (SELECT user_id FROM {mirror_sharers})
    AND EXISTS (
      SELECT 1 FROM {assets} WHERE owner_id <> {me} AND owner_id = column1)`;

/**
 * Records a user whose rows arrive as a partner's, because the share itself may
 * arrive later.
 */
const NOTE_SHARER = `INSERT INTO {mirror_sharers} VALUES (?, ?) ON CONFLICT
  DO UPDATE SET batch_number = excluded.batch_number`;

type RowsAs = "parameters" | "json";

/** How rows are written with one statement. */
interface Form {
  /** The columns of each row, in order. */
  columns: readonly Column[];
  /**
   * The statement, always the same string, because it is the cache key for
   * prepared statements.
   */
  sql: string;
}

/** How a field of a row becomes the value of a column. */
interface Column {
  field: string;
  toValue: (value: unknown) => SqlValue;
  /**
   * The value to store if the server does not send the field, which is the case
   * for older servers.
   */
  missing: SqlValue;
}

/** Converts batches to statements, with the rows in the form that a database needs. */
export class Writer {
  readonly #rowsAs: RowsAs;
  /** Caches the form for each table and each statement with placeholders. */
  readonly #forms: Map<string, Form> = new Map();

  /** Creates a writer for a database. */
  constructor({ rowsAs = "parameters" }: MirrorDatabase) {
    this.#rowsAs = rowsAs;
  }

  /**
   * Returns the statements that store a batch and mark its rows with the number of
   * the batch. Ignores batches of an unknown type.
   */
  store({ type, events }: SyncBatch, batchNumber: number): SqlStatement[] {
    if (!isKnownType(type) || events.length === 0) return [];
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
      ...toTables(table, type, rows).flatMap(([table, rows]) =>
        this.#write(this.#upsertForm(table), rows, [batchNumber])
      ),
    ];
    if (isOfPartner) {
      for (const sharer of sharers) {
        const params = [String(sharer), batchNumber];
        statements.push({ sql: NOTE_SHARER, params });
      }
    } else if (/^AlbumAsset(Backfill|Create|Update)?V/.test(type)) {
      statements.push(...this.#fill(NOTE_ORPHANS, ["id"], rows));
    }
    return statements;
  }

  /** Returns the rows that a batch stores, by table. */
  rows({ type, events }: SyncBatch): [MirrorTable, SqlValue[][]][] {
    const table = isKnownType(type) ? tableOf(type) : undefined;
    if (table === undefined) return [];
    return toTables(table, type, events.map(({ data }) => data as object))
      .map(([table, rows]) => {
        const { columns } = this.#upsertForm(table);
        return [table, rows.map((row) => toValues(row, columns, []))];
      });
  }

  /** Replaces `{rows}` in a statement with rows. */
  bind(template: string, rows: SqlValue[][]): SqlStatement[] {
    const { sql } = this.#form(template, () => ({
      columns: [],
      sql: template.replace("{rows}", toRows(rows[0]!.length, this.#rowsAs)),
    }));
    return this.#toStatements(sql, rows);
  }

  #upsertForm(table: MirrorTable): Form {
    return this.#form(table, () => toUpsert(table, this.#rowsAs));
  }

  /** Replaces `{rows}` in a statement. */
  #fill(
    template: string,
    fields: readonly string[],
    rows: object[],
  ): SqlStatement[] {
    const form = this.#form(template, () => ({
      columns: fields.map((name) => toColumn(name, "text")),
      sql: template.replace("{rows}", toRows(fields.length, this.#rowsAs)),
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
    return this.#toStatements(form.sql, values);
  }

  #toStatements(sql: string, values: SqlValue[][]): SqlStatement[] {
    return this.#rowsAs === "json"
      ? toJsonStrings(values).map((json) => ({ sql, params: [json] }))
      : values.map((params) => ({ sql, params }));
  }
}

/** Returns the rows that an upsert stores in each table. */
function toTables(
  table: MirrorTable,
  type: string,
  rows: object[],
): [MirrorTable, object[]][] {
  if (type !== "AlbumV1") return [[table, rows]];
  // Servers up to 2.x send the owner as a field of the album, later servers as an
  // album user.
  const owners = rows.map((row) => ({
    albumId: field(row, "id"),
    userId: field(row, "ownerId"),
    role: "owner",
  }));
  return [[table, rows], ["album_users", owners]];
}

function toUpsert(table: MirrorTable, rowsAs: RowsAs): Form {
  const { key, columns } = TABLES[table];
  const fields = Object.entries<ColumnType>(columns);
  const names = [
    ...fields.map(([name]) => toQuotedColumn(name)),
    "batch_number",
  ];
  const changes = names.map((name) => `${name} = excluded.${name}`);
  return {
    columns: fields.map(([name, type]) => toColumn(name, type)),
    sql: `INSERT INTO {${table}} (${names.join(", ")}) ` +
      `${toSource(names.length, rowsAs)} ` +
      `ON CONFLICT (${key.map(toQuotedColumn).join(", ")}) ` +
      `DO UPDATE SET ${changes.join(", ")}`,
  };
}

/** Returns the source of the rows in an INSERT; the parameters hold one row, or many rows as JSON. */
function toSource(width: number, rowsAs: RowsAs): string {
  if (rowsAs === "parameters") {
    return `VALUES (${Array(width).fill("?").join(", ")})`;
  }
  // Without WHERE, SQLite would parse "ON CONFLICT" as a join condition.
  return `SELECT * FROM ${toRows(width, rowsAs)} WHERE true`;
}

/** Returns the rows as a subquery with the columns `column1`, `column2` and so on. */
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

/** Serializes rows to JSON strings, split at the maximum length. */
function toJsonStrings(rows: SqlValue[][]): string[] {
  const strings: string[] = [];
  let parts: string[] = [];
  let length = 0;
  function flush(): void {
    if (parts.length > 0) strings.push(`[${parts.join(",")}]`);
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
  return strings;
}

function field(row: object, name: string): unknown {
  return (row as Record<string, unknown>)[name];
}

/** The values of fields that older servers do not send. */
const DEFAULTS: Readonly<Record<string, SqlValue>> = { isVisible: 1 };

/** Converts a value that is not `null` to the value of a column. */
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

/** Parses a duration in the format of servers up to 2.x: `HH:MM:SS.mmm`. */
function toMilliseconds(text: string): number | null {
  const [, hours, minutes, seconds] = /^(\d+):(\d+):(\d+(?:\.\d+)?)$/
    .exec(text) ?? [];
  if (seconds === undefined) return null;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60;
  return Math.round((whole + Number(seconds)) * 1000);
}

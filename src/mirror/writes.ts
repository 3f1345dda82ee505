/**
 * Converts batches to the statements that store them.
 *
 * @module
 */
import type { SyncBatch } from "../sync/mod.ts";
import { isKnownType } from "../stream/mod.ts";
import { NOTE_NEW_SHARE, NOTE_ORPHANS, NOTE_SHARER } from "./candidates.ts";
import type { MirrorDatabase, SqlStatement, SqlValue } from "./database.ts";
import { tableOf } from "./entities.ts";
import { REMOVALS } from "./removals.ts";
import type { MirrorTable } from "./rows.ts";
import type { Skipped } from "./state.ts";
import { TABLES, toQuotedColumn } from "./tables.ts";
import { type Column, columnsOf, keyColumns, toRow } from "./values.ts";

/** The maximum length of a JSON string. D1 allows 2 MB of UTF-8, with up to 3 bytes per UTF-16 unit. */
const MAX_JSON_LENGTH = 500_000;

type RowsAs = "parameters" | "json";

/** The values of rows, in the order of the columns. */
type Rows = SqlValue[][];

/** How a batch is stored. */
export interface StoredBatch extends Skipped {
  /** The statements that store it. */
  statements: SqlStatement[];
}

/** The rows of a batch. */
interface ConvertedBatch extends Skipped {
  rows: Rows;
}

/** Converts batches to statements, with the rows in the form required by a database. */
export class Writer {
  readonly #rowsAs: RowsAs;
  readonly #maxRowBytes: number | undefined;
  /** Caches the SQL, because prepared statements are cached by their SQL. */
  readonly #statements: Map<string, string> = new Map();

  /** Creates a writer for a database. */
  constructor({ rowsAs = "parameters", maxRowBytes }: MirrorDatabase) {
    this.#rowsAs = rowsAs;
    this.#maxRowBytes = maxRowBytes;
  }

  /**
   * Returns the statements that store a batch and mark its rows with the batch's
   * number. Ignores batches of unknown types.
   */
  store(batch: SyncBatch, batchNumber: number): StoredBatch {
    const { type } = batch;
    // A server may send any type, such as "constructor".
    if (isKnownType(type)) {
      const table = tableOf(type);
      if (table !== undefined) return this.#upsert(batch, table, batchNumber);
      if (type in REMOVALS) return this.#remove(batch);
    }
    return { statements: [], skippedRows: 0, skippedValues: 0 };
  }

  /** Returns the rows that a batch stores, by table. */
  rows(batch: SyncBatch): [MirrorTable, Rows][] {
    const table = isKnownType(batch.type) ? tableOf(batch.type) : undefined;
    if (table === undefined) return [];
    const { rows } = this.#convert(dataOf(batch), columnsOf(table));
    return [[table, rows], ...this.#owners(batch)];
  }

  /**
   * Replaces `{rows}` in a statement with rows. If there are no rows, returns no
   * statement.
   */
  bind(template: string, rows: Rows): SqlStatement[] {
    const [first] = rows;
    if (first === undefined) return [];
    const toSql = () =>
      template.replace("{rows}", toRows(first.length, this.#rowsAs));
    const sql = this.#statement(template, toSql);
    if (sql === template) return [{ sql, params: [] }];
    return this.#toStatements(sql, rows);
  }

  #upsert(
    batch: SyncBatch,
    table: MirrorTable,
    batchNumber: number,
  ): StoredBatch {
    const { type } = batch;
    const { rows, ...skipped } = this.#convert(
      dataOf(batch),
      columnsOf(table),
    );
    const tables: [MirrorTable, Rows][] = [
      [table, rows],
      ...this.#owners(batch),
    ];
    const statements = tables.flatMap(([table, rows]) => {
      const toSql = () => toUpsert(table, this.#rowsAs);
      for (const values of rows) values.push(batchNumber);
      return this.#toStatements(this.#statement(table, toSql), rows);
    });
    const isOfPartner = /^Partner(Asset|Stack)(Backfill)?V/.test(type);
    if (table === "partners" || isOfPartner) {
      const field = isOfPartner ? "ownerId" : "sharedById";
      const sharers = pick(rows, table, field);
      statements.unshift(...this.bind(NOTE_NEW_SHARE, sharers));
      if (isOfPartner) statements.push(...this.bind(NOTE_SHARER, sharers));
    } else if (/^AlbumAsset(Backfill|Create|Update)?V/.test(type)) {
      const ids = pick(rows, table, "id");
      statements.push(...this.bind(NOTE_ORPHANS, ids));
    }
    return { statements, ...skipped };
  }

  #remove(batch: SyncBatch): StoredBatch {
    const { fields, statements } = REMOVALS[
      batch.type as keyof typeof REMOVALS
    ];
    const { rows, ...skipped } = this.#convert(
      dataOf(batch),
      keyColumns(fields),
    );
    return {
      statements: statements.flatMap((sql) => this.bind(sql, rows)),
      ...skipped,
    };
  }

  /**
   * Returns rows for the owners of albums. Servers up to 2.x send the owner as a
   * field of the album; later servers send an album user.
   */
  #owners({ type, events }: SyncBatch): [MirrorTable, Rows][] {
    if (type !== "AlbumV1") return [];
    const owners = events.map(({ data: { id, ownerId } }) => ({
      albumId: id,
      userId: ownerId,
      role: "owner",
    }));
    const { rows } = this.#convert(owners, columnsOf("album_users"));
    return [["album_users", rows]];
  }

  #convert(
    data: readonly unknown[],
    columns: readonly Column[],
  ): ConvertedBatch {
    const rows: Rows = [];
    let skippedValues = 0;
    for (const item of data) {
      const row = toRow(item as object, columns, this.#maxRowBytes);
      if (row === undefined) continue;
      rows.push(row.values);
      skippedValues += row.skippedValues;
    }
    const skippedRows = data.length - rows.length;
    return { rows, skippedRows, skippedValues };
  }

  #statement(key: string, make: () => string): string {
    let sql = this.#statements.get(key);
    if (sql === undefined) this.#statements.set(key, sql = make());
    return sql;
  }

  #toStatements(sql: string, rows: Rows): SqlStatement[] {
    return this.#rowsAs === "json"
      ? toJsonStrings(rows).map((json) => ({ sql, params: [json] }))
      : rows.map((params) => ({ sql, params }));
  }
}

function dataOf({ events }: SyncBatch): unknown[] {
  return events.map(({ data }) => data);
}

/** Returns a row for each distinct value of a field, excluding NULL. */
function pick(rows: Rows, table: MirrorTable, field: string): Rows {
  const index = columnsOf(table).findIndex((column) => column.field === field);
  const values = rows.map((values) => values[index]);
  return [...new Set(values)].filter((value) => typeof value === "string")
    .map((value) => [value]);
}

function toUpsert(table: MirrorTable, rowsAs: RowsAs): string {
  const { key } = TABLES[table];
  const names = [
    ...columnsOf(table).map(({ field }) => toQuotedColumn(field)),
    "batch_number",
  ];
  const changes = names.map((name) => `${name} = excluded.${name}`);
  return `INSERT INTO {${table}} (${names.join(", ")}) ` +
    `${toSource(names.length, rowsAs)} ` +
    `ON CONFLICT (${key.map(toQuotedColumn).join(", ")}) ` +
    `DO UPDATE SET ${changes.join(", ")}`;
}

/**
 * Returns the source of an INSERT's rows; the parameters are one row's values,
 * or many rows as JSON.
 */
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

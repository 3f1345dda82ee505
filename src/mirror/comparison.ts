/**
 * Compares rows with a mirror's rows. The database does the comparison, so
 * both sides go through the same conversions.
 *
 * @module
 */
import type { MirrorDatabase, SqlValue } from "./database.ts";
import type { MirrorTable } from "./rows.ts";
import { TABLES, toColumn, toQuotedColumn } from "./tables.ts";
import type { Writer } from "./writes.ts";

/** A row that is being compared. */
export interface ComparedRow {
  /** The table. */
  table: MirrorTable;
  /** The values of the key. */
  key: string[];
  /**
   * The ids of everything that must exist for the row to exist: its key, an
   * owner, an asset.
   */
  ids: string[];
  /**
   * The number of the last batch that contained the mirror's row; `null` if the
   * mirror does not have the row.
   */
  batchNumber: number | null;
}

/** A row that differs. */
export interface DifferingRow extends ComparedRow {
  /** The names of the columns that differ; meaningless if the row is missing. */
  columns: string[];
}

/** The number of rows that a scan reads at once. */
const PAGE_ROWS = 5000;

/** Compares rows with a mirror without changing it. */
export class Comparison {
  readonly #database: MirrorDatabase;
  readonly #writer: Writer;

  /** Creates a comparison with the writer's mirror. */
  constructor(database: MirrorDatabase, writer: Writer) {
    this.#database = database;
    this.#writer = writer;
  }

  /** Returns the rows that are missing from the mirror or differ from it. */
  async differences(
    table: MirrorTable,
    rows: SqlValue[][],
  ): Promise<DifferingRow[]> {
    const { fields, keys, others } = fieldsOf(table);
    const sent = (field: string) => `column${fields.indexOf(field) + 1}`;
    const stored = (field: string) => `{${table}}.${toQuotedColumn(field)}`;
    const matches = keys.map((field) => `${stored(field)} = ${sent(field)}`);
    const differs = others.map((field) =>
      `${stored(field)} IS NOT ${sent(field)}`
    );
    const flags = others.map((field, i) =>
      `${differs[i]} AS ${toQuotedColumn(field)}`
    );
    const found = await this.query(
      `SELECT ${[toIds(table, sent), ...flags].join(", ")} ` +
        `FROM {rows} LEFT JOIN {${table}} ON ${matches.join(" AND ")} ` +
        `WHERE ${["batch_number IS NULL", ...differs].join(" OR ")}`,
      rows,
    );
    const columns = others.map(toColumn);
    return toComparedRows(table, found).map((row, i) => ({
      ...row,
      columns: columns.filter((name) => Number(found[i]![name]) === 1),
    }));
  }

  /** Returns the mirror's rows that have one of the given keys. */
  async find(table: MirrorTable, keys: string[][]): Promise<ComparedRow[]> {
    const found = await this.query(
      `${toSelect(table)} WHERE (${toKey(table)}) IN {rows}`,
      keys,
    );
    return toComparedRows(table, found);
  }

  /** Reads all rows of a table, page by page. */
  async *scan(table: MirrorTable): AsyncGenerator<ComparedRow[]> {
    const key = toKey(table);
    const after = fieldsOf(table).keys.map(() => "?").join(", ");
    let last: string[] = [];
    while (true) {
      const where = last.length === 0 ? "" : `WHERE (${key}) > (${after})`;
      const page = await this.#database.all(
        `${toSelect(table)} ${where} ORDER BY ${key} LIMIT ${PAGE_ROWS}`,
        last,
      );
      const rows = toComparedRows(table, page);
      yield rows;
      if (rows.length < PAGE_ROWS) return;
      last = rows.at(-1)!.key;
    }
  }

  /**
   * Returns the rows of a query. In the template, `{rows}` stands for the given
   * rows.
   */
  async query(
    template: string,
    rows: SqlValue[][],
  ): Promise<Record<string, unknown>[]> {
    const found: Record<string, unknown>[] = [];
    for (const { sql, params } of this.#writer.bind(template, rows)) {
      found.push(...await this.#database.all(sql, params));
    }
    return found;
  }
}

/** Returns a string that identifies a row. */
export function toRowId(table: MirrorTable, key: readonly string[]): string {
  return [table, ...key].join("\0");
}

/** Extracts the keys of rows from the values of all columns. */
export function keysOf(table: MirrorTable, rows: SqlValue[][]): string[][] {
  const { fields, keys } = fieldsOf(table);
  const positions = keys.map((field) => fields.indexOf(field));
  return rows.map((values) => positions.map((i) => String(values[i])));
}

function fieldsOf(table: MirrorTable): {
  fields: readonly string[];
  keys: readonly string[];
  others: readonly string[];
  ids: readonly string[];
} {
  const keys: readonly string[] = TABLES[table].key;
  const fields = Object.keys(TABLES[table].columns);
  const others = fields.filter((field) => !keys.includes(field));
  const parents = others.filter((field) =>
    field === "ownerId" || field === "assetId"
  );
  return { fields, keys, others, ids: [...keys, ...parents] };
}

function toKey(table: MirrorTable): string {
  return fieldsOf(table).keys.map(toQuotedColumn).join(", ");
}

function toSelect(table: MirrorTable): string {
  return `SELECT ${toIds(table, toQuotedColumn)} FROM {${table}}`;
}

/** Returns the columns that {@linkcode toComparedRows} reads. */
function toIds(table: MirrorTable, toSql: (field: string) => string): string {
  const ids = fieldsOf(table).ids
    .map((field, i) => `${toSql(field)} AS id${i + 1}`);
  return [...ids, "batch_number"].join(", ");
}

function toComparedRows(
  table: MirrorTable,
  rows: Record<string, unknown>[],
): ComparedRow[] {
  const { keys, ids } = fieldsOf(table);
  const columns = ids.map((_, i) => `id${i + 1}`);
  return rows.map((row) => {
    const values = columns.map((column) => String(row[column]));
    const { batch_number: number } = row;
    return {
      table,
      key: values.slice(0, keys.length),
      ids: values,
      batchNumber: number === null ? null : Number(number),
    };
  });
}

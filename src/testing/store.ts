/**
 * The server's database. It contains rows, each with a position in the order of
 * changes, and an audit row for each delete.
 *
 * @module
 */
import type { SyncEventData } from "../protocol/mod.ts";
import { positionAfter, positionAt } from "./position.ts";
import { KEYS, type TableName, type Tables } from "./tables.ts";

/** The entity types for deletes. */
export type DeleteType = Extract<
  keyof SyncEventData,
  `${string}Delete${string}`
>;

/** A row and its position in the order of changes. */
export interface Row<T> {
  /** The row. */
  data: T;
  /** Position of the last change: a version 7 UUID, like a real server's `updateId`. */
  position: string;
  /** Position of the first change, like a real server's `createId`. */
  createId: string;
}

/** The record of a deleted row. */
export interface AuditRow {
  /** The event's data. */
  data: SyncEventData[DeleteType];
  /** Position of the delete. */
  position: string;
  /** The row's owner; for an album, the user who lost access to the album. */
  userId?: string;
  /** The asset that the row belonged to, if the data does not contain the asset's id. */
  assetId?: string;
}

/** An index on one column of a table: value → key → row. */
type Index = Map<unknown, Map<string, Row<unknown>>>;

/** The maximum number of positions that a late transaction can use. */
const MAX_RESERVED = 1_000_000;

/** A server's rows and audit rows. */
export class Store {
  readonly #tables = new Map<TableName, Map<string, Row<unknown>>>();
  /**
   * Indexes on the columns that have been searched so far. With these indexes,
   * deleting many assets is fast.
   */
  readonly #indexes = new Map<TableName, Map<string, Index>>();
  readonly #audits = new Map<DeleteType, AuditRow[]>();
  readonly #now: () => number;
  #lastPosition = "";
  /**
   * The last position used by a late transaction, while that transaction is
   * being committed.
   */
  #reserved: string | undefined;

  /** Creates an empty store. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns the current time in the protocol's format. */
  time(): string {
    return new Date(this.#now()).toISOString();
  }

  /** Returns a new position after all existing positions. */
  nextPosition(): string {
    if (this.#reserved !== undefined) {
      return this.#reserved = positionAfter(this.#reserved);
    }
    const candidate = positionAt(this.#now());
    return this.#lastPosition = candidate > this.#lastPosition
      ? candidate
      : positionAfter(this.#lastPosition);
  }

  /**
   * Reserves positions for a transaction that commits late. Returns a function that
   * runs the transaction.
   */
  reserve(): (change: () => void) => void {
    const first = this.nextPosition();
    this.#advance(positionAfter(first, MAX_RESERVED));
    return (change) => {
      this.#reserved = first;
      try {
        change();
      } finally {
        this.#reserved = undefined;
      }
    };
  }

  /** Returns the rows of a table, in no particular order. */
  rows<T extends TableName>(table: T): Row<Tables[T]>[] {
    return [...this.#table(table).values()];
  }

  /** Returns a table's rows that match a condition. */
  where<T extends TableName>(
    table: T,
    condition: Partial<Tables[T]>,
  ): Tables[T][] {
    return this.rowsWhere(table, condition).map(({ data }) => data);
  }

  /** Returns a table's first row with a given value in a column. */
  first<T extends TableName, C extends string & keyof Tables[T]>(
    table: T,
    column: C,
    value: Tables[T][C],
  ): Tables[T] | undefined {
    const [row] = this.#index(table, column).get(value)?.values() ?? [];
    return (row as Row<Tables[T]> | undefined)?.data;
  }

  /** Returns a table's rows that match a condition, with their positions. */
  rowsWhere<T extends TableName>(
    table: T,
    condition: Partial<Tables[T]>,
  ): Row<Tables[T]>[] {
    const [first, ...rest] = Object.entries(condition);
    if (first === undefined) return this.rows(table);
    const [column, wanted] = first;
    const found = this.#index(table, column).get(wanted)?.values() ?? [];
    return ([...found] as Row<Tables[T]>[]).filter(({ data }) =>
      rest.every(([name, value]) => valueOf(data, name) === value)
    );
  }

  /** Returns the row with a given key. */
  find<T extends TableName>(
    table: T,
    key: string,
  ): Row<Tables[T]> | undefined {
    return this.#table(table).get(key);
  }

  /** Inserts or replaces a row. */
  put<T extends TableName>(
    table: T,
    data: Tables[T],
    position: string = this.nextPosition(),
  ): Tables[T] {
    this.#advance(position);
    const rows = this.#table(table);
    const key = KEYS[table](data);
    const former = rows.get(key);
    const row = { data, position, createId: former?.createId ?? position };
    rows.set(key, row);
    for (const [column, index] of this.#indexes.get(table) ?? []) {
      const value = valueOf(data, column);
      if (former !== undefined && valueOf(former.data, column) !== value) {
        index.get(valueOf(former.data, column))?.delete(key);
      }
      addTo(index, value, key, row);
    }
    return data;
  }

  /** Removes rows without adding audit rows. */
  drop<T extends TableName>(table: T, rows: readonly Tables[T][]): void {
    const indexes = this.#indexes.get(table) ?? [];
    for (const data of rows) {
      const key = KEYS[table](data);
      const former = this.#table(table).get(key);
      if (former === undefined) continue;
      this.#table(table).delete(key);
      for (const [column, index] of indexes) {
        index.get(valueOf(former.data, column))?.delete(key);
      }
    }
  }

  /** Adds an audit row for a delete. */
  audit<D extends DeleteType>(
    type: D,
    data: SyncEventData[D],
    context: Omit<Partial<AuditRow>, "data"> = {},
  ): void {
    const { position = this.nextPosition() } = context;
    this.#advance(position);
    this.audits(type).push({ ...context, data, position });
  }

  /** Returns the audit rows for an entity type. */
  audits(type: DeleteType): AuditRow[] {
    let audits = this.#audits.get(type);
    if (audits === undefined) this.#audits.set(type, audits = []);
    return audits;
  }

  /** Removes the audit rows before a position. */
  forgetAudits(before: string): void {
    for (const [type, audits] of this.#audits) {
      const kept = audits.filter(({ position }) => position >= before);
      this.#audits.set(type, kept);
    }
  }

  #advance(position: string): void {
    if (position > this.#lastPosition) this.#lastPosition = position;
  }

  #index(table: TableName, column: string): Index {
    let indexes = this.#indexes.get(table);
    if (indexes === undefined) this.#indexes.set(table, indexes = new Map());
    let index = indexes.get(column);
    if (index === undefined) {
      indexes.set(column, index = new Map());
      for (const [key, row] of this.#table(table)) {
        addTo(index, valueOf(row.data, column), key, row);
      }
    }
    return index;
  }

  #table<T extends TableName>(table: T): Map<string, Row<Tables[T]>> {
    let rows = this.#tables.get(table);
    if (rows === undefined) this.#tables.set(table, rows = new Map());
    return rows as Map<string, Row<Tables[T]>>;
  }
}

function valueOf(data: object, column: string): unknown {
  return (data as Record<string, unknown>)[column];
}

function addTo(
  index: Index,
  value: unknown,
  key: string,
  row: Row<unknown>,
): void {
  const rows = index.get(value);
  if (rows === undefined) index.set(value, new Map([[key, row]]));
  else rows.set(key, row);
}

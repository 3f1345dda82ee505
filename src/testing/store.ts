/**
 * What an Immich server keeps: rows with a position in the order of changes,
 * and an audit row for whatever is gone.
 *
 * @module
 */
import type { SyncEventData } from "../protocol/mod.ts";
import { positionAfter, positionAt } from "./position.ts";
import { KEYS, type TableName, type Tables } from "./tables.ts";

/** Entity types of what is gone. */
export type DeleteType = Extract<
  keyof SyncEventData,
  `${string}Delete${string}`
>;

/** A row and its place in the order of changes. */
export interface Row<T> {
  /** The row. */
  data: T;
  /** Position of the last change: a UUIDv7, as a server's `updateId`. */
  position: string;
  /** Position of the first change, as a server's `createId`. */
  createId: string;
}

/** What is left of a row that is gone. */
export interface AuditRow {
  /** Data of the event that tells. */
  data: SyncEventData[DeleteType];
  /** Position of the delete. */
  position: string;
  /** The user whose it was; for an album, the one who lost it. */
  userId?: string;
  /** The asset that it hung on, where the data does not say. */
  assetId?: string;
}

/** Value → key → row, of one column of a table. */
type Index = Map<unknown, Map<string, Row<unknown>>>;

/** Places that a transaction takes at most. */
const MAX_RESERVED = 1_000_000;

/** All rows of a server, and all that is gone. */
export class Store {
  readonly #tables = new Map<TableName, Map<string, Row<unknown>>>();
  /** Of the columns that were searched: whoever deletes assets one by one does not read all rows for each. */
  readonly #indexes = new Map<TableName, Map<string, Index>>();
  readonly #audits = new Map<DeleteType, AuditRow[]>();
  readonly #now: () => number;
  #lastPosition = "";
  /** The last position of a transaction that took its place earlier, while it is committed. */
  #reserved: string | undefined;

  /** Starts empty. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The time, as the protocol writes it. */
  time(): string {
    return new Date(this.#now()).toISOString();
  }

  /** A new position, after all others. */
  nextPosition(): string {
    if (this.#reserved !== undefined) {
      return this.#reserved = positionAfter(this.#reserved);
    }
    const candidate = positionAt(this.#now());
    return this.#lastPosition = candidate > this.#lastPosition
      ? candidate
      : positionAfter(this.#lastPosition);
  }

  /** Takes places in the order of changes for changes that are made later. */
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

  /** The rows of a table, in no order that means anything. */
  rows<T extends TableName>(table: T): Row<Tables[T]>[] {
    return [...this.#table(table).values()];
  }

  /** The rows of a table for which a condition holds. */
  where<T extends TableName>(
    table: T,
    condition: Partial<Tables[T]>,
  ): Tables[T][] {
    return this.rowsWhere(table, condition).map(({ data }) => data);
  }

  /** A row of a table whose column holds a value, the first of them. */
  first<T extends TableName, C extends string & keyof Tables[T]>(
    table: T,
    column: C,
    value: Tables[T][C],
  ): Tables[T] | undefined {
    const [row] = this.#index(table, column).get(value)?.values() ?? [];
    return (row as Row<Tables[T]> | undefined)?.data;
  }

  /** The rows of a table for which a condition holds, with their positions. */
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

  /** A row, by what identifies it. */
  find<T extends TableName>(
    table: T,
    key: string,
  ): Row<Tables[T]> | undefined {
    return this.#table(table).get(key);
  }

  /** Puts a row in place of the one it replaces, if any. */
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

  /** Takes rows out, and tells nobody. */
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

  /** Tells that something is gone. */
  audit<D extends DeleteType>(
    type: D,
    data: SyncEventData[D],
    context: Omit<Partial<AuditRow>, "data"> = {},
  ): void {
    const { position = this.nextPosition() } = context;
    this.#advance(position);
    this.audits(type).push({ ...context, data, position });
  }

  /** What is gone of a type. */
  audits(type: DeleteType): AuditRow[] {
    let audits = this.#audits.get(type);
    if (audits === undefined) this.#audits.set(type, audits = []);
    return audits;
  }

  /** Forgets what was gone at a position. */
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

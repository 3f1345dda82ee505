/**
 * What an Immich server keeps: rows with a position in the order of changes,
 * and an audit row for whatever is gone.
 *
 * @module
 */
import type { SyncEventData } from "../protocol.ts";
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

/** All rows of a server, and all that is gone. */
export class Store {
  readonly #tables = new Map<TableName, Map<string, Row<unknown>>>();
  readonly #audits = new Map<DeleteType, AuditRow[]>();
  readonly #now: () => number;
  #lastPosition = "";

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
    const candidate = positionAt(this.#now());
    return this.#lastPosition = candidate > this.#lastPosition
      ? candidate
      : positionAfter(this.#lastPosition);
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
    const entries = Object.entries(condition);
    return this.rows(table).map(({ data }) => data).filter((data) =>
      entries.every(([name, value]) => data[name as keyof Tables[T]] === value)
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
    const { createId = position } = rows.get(key) ?? {};
    rows.set(key, { data, position, createId });
    return data;
  }

  /** Takes rows out, and tells nobody. */
  drop<T extends TableName>(table: T, rows: readonly Tables[T][]): void {
    for (const data of rows) this.#table(table).delete(KEYS[table](data));
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

  #table<T extends TableName>(table: T): Map<string, Row<Tables[T]>> {
    let rows = this.#tables.get(table);
    if (rows === undefined) this.#tables.set(table, rows = new Map());
    return rows as Map<string, Row<Tables[T]>>;
  }
}

/**
 * The user who makes a change, and helpers to find and change rows.
 *
 * @module
 */
import type { Store } from "../store.ts";
import type { TableName, Tables } from "../tables.ts";

/** A user who makes changes. */
export interface Actor {
  /** The server's rows. */
  store: Store;
  /** Id of the user. */
  userId: string;
}

/**
 * Finds a row by its key.
 *
 * @throws {RangeError} If no row has the key.
 */
export function find<T extends TableName>(
  store: Store,
  table: T,
  key: string,
): Tables[T] {
  const row = store.find(table, key);
  if (row !== undefined) return row.data;
  throw new RangeError(`Cannot change the library: ${table} has no "${key}"`);
}

/** Changes columns of a row, but not the row's key. */
export function change<T extends TableName>(
  store: Store,
  table: T,
  key: string,
  changes: Partial<Tables[T]>,
): Tables[T] {
  return store.put(table, { ...find(store, table, key), ...changes });
}

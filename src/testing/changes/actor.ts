/**
 * Who changes a server's rows, and how a row is changed.
 *
 * @module
 */
import type { Store } from "../store.ts";
import type { TableName, Tables } from "../tables.ts";

/** A user at work. */
export interface Actor {
  /** The rows of the server. */
  store: Store;
  /** Id of the user. */
  userId: string;
}

/** The row with a key. */
export function find<T extends TableName>(
  store: Store,
  table: T,
  key: string,
): Tables[T] {
  const row = store.find(table, key);
  if (row !== undefined) return row.data;
  throw new RangeError(`Cannot change the library: ${table} has no "${key}"`);
}

/** Changes the row with a key, which stays. */
export function change<T extends TableName>(
  store: Store,
  table: T,
  key: string,
  changes: Partial<Tables[T]>,
): Tables[T] {
  return store.put(table, { ...find(store, table, key), ...changes });
}

/**
 * The user who sends a request, and the rows that belong to this user.
 *
 * @module
 */
import { ApiError } from "./responses.ts";
import { authenticate, type Exchange } from "./exchange.ts";
import { FakeLibrary } from "./library.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** A user who sends a request. */
export interface Caller {
  /** Id of the user. */
  userId: string;
  /** The user's library. */
  library: FakeLibrary;
  /** The server's rows. */
  store: Store;
  /** The ids in the path. */
  ids: string[];
  /** The query of the URL. */
  query: URLSearchParams;
}

/** A table whose rows have an owner. */
type OwnedTable = "assets" | "albums" | "stacks" | "memories" | "people";

/** Returns the user who sends a request. */
export function callerOf(exchange: Exchange): Caller {
  const { state, request, path } = exchange;
  const userId = authenticate(exchange)?.userId ?? state.userId;
  return {
    userId,
    library: new FakeLibrary(state.store, userId),
    store: state.store,
    ids: path.match(UUID) ?? [],
    query: new URL(request.url).searchParams,
  };
}

/**
 * Returns the user's row with the given id.
 *
 * @param permission The permission that the error message names.
 * @param id The id of the row. By default, the first id in the path.
 *
 * @throws {ApiError} If there is no such row, or it belongs to another user.
 */
export function ownRow<T extends OwnedTable>(
  { store, userId, ids }: Caller,
  table: T,
  permission: string,
  id: string = ids[0] ?? "",
): Tables[T] {
  const row = store.find(table, id)?.data;
  if (row?.ownerId === userId) return row;
  throw forbidden(permission);
}

/** Creates the error for a row that does not exist or that the user may not access. */
export function forbidden(permission: string): ApiError {
  return new ApiError(400, `Not found or no ${permission} access`);
}

/** Returns the strings in a field of a request's body. */
export function idsIn(body: Record<string, unknown>, field: string): string[] {
  const value = body[field];
  return Array.isArray(value) ? value.map(String) : [];
}

/** Returns the given fields of a request's body under new names, if they are present. */
export function fieldsIn<Row>(
  body: Record<string, unknown>,
  names: { readonly [field: string]: keyof Row & string },
): Partial<Row> {
  const present = Object.entries(names)
    .filter(([field]) => body[field] !== undefined)
    .map(([field, name]) => [name, body[field]]);
  return Object.fromEntries(present);
}

/** Responds with a list that says for each id whether it was changed. */
export function respondWithResults(
  { state }: Exchange,
  ids: readonly string[],
  done: readonly string[],
): Response {
  const results = ids.map((id) => ({ id, success: done.includes(id) }));
  return state.responses.json(results);
}

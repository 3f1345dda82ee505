/**
 * Collects the strings of a request that a server may quote in its errors.
 *
 * @module
 */
import { isObject } from "../http/mod.ts";

/** Matches plain words and ids, which messages need in order to be useful. */
const HARMLESS =
  /^([a-z]{0,15}|.{0,3}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** Matches the names of values that are secrets even if they are plain words. */
const SECRET_NAMES = /code|key|pass|pin|secret|slug|token/i;

/**
 * Collects the strings of a request, which must be redacted from errors. Skips ids
 * and plain words unless their field's name suggests a secret.
 *
 * @param values The known contents of the body, as JSON.
 * @param query The query of the path, without the question mark.
 */
export function quotableStrings(
  values: unknown,
  headers: Record<string, string>,
  query: string,
): string[] {
  const parameters = Array.from(new URLSearchParams(query), toObject);
  const raw = query.split(/[&=]/);
  return stringsIn([values, headers, parameters, raw]);
}

function stringsIn(json: unknown, name = ""): string[] {
  if (isObject(json)) {
    return Object.entries(json).flatMap(([key, value]) =>
      stringsIn(value, Array.isArray(json) ? name : key)
    );
  }
  if (typeof json !== "string") return [];
  return HARMLESS.test(json) && !SECRET_NAMES.test(name) ? [] : [json];
}

/** Turns a field of a form or a query into an object. */
export function toObject<T>([name, value]: [string, T]): Record<string, T> {
  return { [name]: value };
}

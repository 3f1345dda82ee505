/**
 * Parses and inspects untrusted values.
 *
 * @module
 */

/**
 * Parses JSON. If the text is not valid JSON, returns `undefined`, because a syntax
 * error would quote the text.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the type of a value, for error messages. */
export function typeOf(value: unknown): string {
  return value === null ? "null" : typeof value;
}

/** Returns whether a value is an object or an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/**
 * Returns whether a value is an object that a literal or `JSON.parse` created,
 * possibly in another realm.
 */
export function isPlainObject(value: unknown): boolean {
  if (!isObject(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Parses untrusted JSON.
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

/**
 * Copies some properties of an object.
 *
 * @module
 */

/** Copies the named properties of an object, except those that are undefined. */
export function pickDefined<T extends object, K extends keyof T & string>(
  object: T,
  names: readonly K[],
): Pick<T, K> {
  const defined = names.filter((name) => object[name] !== undefined);
  return Object.fromEntries(
    defined.map((name) => [name, object[name]]),
  ) as Pick<T, K>;
}

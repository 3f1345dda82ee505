/**
 * Numbers for people.
 *
 * @module
 */

/** Formats a number, such as `100,000`. */
export function toNumber(value: number): string {
  return value.toLocaleString("en");
}

/** Formats a count with its unit, such as `1 row` or `2,000 rows`. */
export function toCount(count: number, unit: string): string {
  return `${toNumber(count)} ${unit}${count === 1 ? "" : "s"}`;
}

/**
 * Positions in the order of changes: version 7 UUIDs, as created by real servers.
 *
 * @module
 */

const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** Returns whether a string is a UUID. */
export function isUuid(text: string | undefined): text is string {
  return text !== undefined && UUID.test(text);
}

/** Returns the first position in a given millisecond. */
export function positionAt(milliseconds: number): string {
  return toUuid(BigInt(milliseconds) << 80n | 7n << 76n | 2n << 62n);
}

/** Returns the position that is a given number of places after another position. */
export function positionAfter(position: string, places = 1): string {
  return toUuid(BigInt(`0x${position.replaceAll("-", "")}`) + BigInt(places));
}

/** Returns a position's time in milliseconds since 1970, or `NaN` if the position is not valid. */
export function timeOf(position: string): number {
  return Number.parseInt(position.replaceAll("-", "").slice(0, 12), 16);
}

function toUuid(value: bigint): string {
  const hex = value.toString(16).padStart(32, "0");
  const parts = [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]];
  return parts.map(([start, end]) => hex.slice(start, end)).join("-");
}

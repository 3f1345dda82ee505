/**
 * Positions in the order of changes: UUIDs of version 7, as servers make them.
 *
 * @module
 */

const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** Whether a text is an id, which a database takes. */
export function isUuid(text: string | undefined): text is string {
  return text !== undefined && UUID.test(text);
}

/** The first position of a millisecond. */
export function positionAt(milliseconds: number): string {
  return toUuid(BigInt(milliseconds) << 80n | 7n << 76n | 2n << 62n);
}

/** The position right after another, or so many further. */
export function positionAfter(position: string, places = 1): string {
  return toUuid(BigInt(`0x${position.replaceAll("-", "")}`) + BigInt(places));
}

/** When a position was given out, in milliseconds since 1970; `NaN` if it is none. */
export function timeOf(position: string): number {
  return Number.parseInt(position.replaceAll("-", "").slice(0, 12), 16);
}

function toUuid(value: bigint): string {
  const hex = value.toString(16).padStart(32, "0");
  const parts = [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]];
  return parts.map(([start, end]) => hex.slice(start, end)).join("-");
}

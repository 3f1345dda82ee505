/**
 * Encodes bytes as hexadecimal digits.
 *
 * @module
 */

/** Encodes bytes as lower-case hexadecimal digits. */
export function toHex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

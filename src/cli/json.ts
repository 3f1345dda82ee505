/**
 * JSON for the terminal.
 *
 * @module
 */

/**
 * Converts a value to JSON on one line. Escapes control characters and invisible
 * characters, which JSON allows: on a terminal, a photo's name could otherwise
 * move the cursor or reverse the text.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, toEscape);
}

/** Converts a value to a line of JSON. */
export function toJsonLine(value: unknown): string {
  return `${toJson(value)}\n`;
}

function toEscape(character: string): string {
  return character.split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

/**
 * Sanitizes server text for error messages.
 *
 * @module
 */

/** Collapses whitespace and control characters, and truncates the string. */
export function toSingleLine(text: string, maxLength: number): string {
  // deno-lint-ignore no-control-regex
  const line = text.replace(/[\x00-\x20\x7f]+/g, " ").trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}

/** Replaces secrets in a string. */
export function redact(text: string, secrets: readonly string[]): string {
  for (const secret of secrets) {
    // Replacing a short plain word, such as a weak password, would garble the text.
    if (/^[a-z]{0,15}$/i.test(secret)) continue;
    text = text.replaceAll(secret, "[redacted]");
  }
  return text;
}

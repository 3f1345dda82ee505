/**
 * What strangers say, made fit for a message.
 *
 * @module
 */

/** A text in one line, cut at a length. */
export function oneLine(text: string, maxLength: number): string {
  // deno-lint-ignore no-control-regex
  const line = text.replace(/[\x00-\x20\x7f]+/g, " ").trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}

/** A text without the secrets in it. */
export function redact(text: string, secrets: readonly string[]): string {
  for (const secret of secrets) {
    // A password that is a plain word would only garble what is said.
    if (/^[a-z]{0,15}$/i.test(secret)) continue;
    text = text.replaceAll(secret, "[redacted]");
  }
  return text;
}

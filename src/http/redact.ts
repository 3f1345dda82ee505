/**
 * Sanitizes server text for error messages.
 *
 * @module
 */

import { ConnectionError } from "../errors/mod.ts";
import { toHex } from "./hex.ts";
import { isObject, isPlainObject } from "./json.ts";

const REDACTED = "[redacted]";

/** The length of the parts that identify a long secret. */
const PART_LENGTH = 12;

/** A message from real servers; some of its words are common passwords. */
const HARMLESS = "Incorrect email or password";

/**
 * Collapses whitespace, control characters and invisible characters, which
 * could forge or reverse log lines, and truncates the string.
 */
export function toSingleLine(text: string, maxLength: number): string {
  const line = text.replace(/[\p{Z}\p{Cc}\p{Cf}\p{Cs}]+/gu, " ").trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}

/** Redacts a string, then makes it a single line that is safe to quote. */
export function sanitize(
  text: string,
  secrets: readonly string[],
  maxLength: number,
): string {
  return toSingleLine(redact(text, secrets), maxLength);
}

/**
 * Replaces secrets in a string, and anything that looks like a token. Replaces
 * the whole string if it contains part of a long secret, or a secret in another
 * form: escaped, in base64 or hexadecimal, in a different letter case, or split
 * by other characters.
 */
export function redact(text: string, secrets: readonly string[]): string {
  return text.split(HARMLESS).map((part) => redactPart(part, secrets))
    .join(HARMLESS);
}

/**
 * Replaces an error's cause if the cause may quote a secret: some runtimes quote
 * the URL, whose query may contain a key, and a client may attach the request.
 */
export function redactCause(
  error: ConnectionError,
  secrets: readonly string[],
): ConnectionError {
  let message = "";
  try {
    message = redact(String(Object(error.cause).message), secrets);
    const text = textsIn(error.cause).join("\n");
    if (redact(text, secrets) === text) return error;
  } catch { /* The cause cannot be searched. */ }
  const cause = new Error(message);
  return new ConnectionError(error.message, { cause });
}

/**
 * Returns the strings that would be shown if a value were logged: the value
 * itself, and the names and values of its properties.
 *
 * @throws {TypeError} If the value contains an object that hides its contents, such
 * as `Headers`.
 */
function textsIn(value: unknown, seen: Set<unknown> = new Set()): string[] {
  if (typeof value === "string") return [value];
  if (!isObject(value) || seen.has(value)) return [];
  seen.add(value);
  const isError = value instanceof Error;
  if (!isError && !Array.isArray(value) && !isPlainObject(value)) {
    throw new TypeError("The object cannot be searched");
  }
  const keys = [...Reflect.ownKeys(value), ...isError ? ["message"] : []];
  return keys.flatMap((key) => [
    String(key),
    ...textsIn((value as Record<PropertyKey, unknown>)[key], seen),
  ]);
}

function redactPart(text: string, secrets: readonly string[]): string {
  let rest = text.replace(
    /[\w-]{40,}/g,
    (word) => /\d/.test(word) && /[a-z]/i.test(word) ? REDACTED : word,
  );
  for (const secret of secrets) {
    if (secret.length > 3) rest = rest.replaceAll(secret, REDACTED);
  }
  const words = rest.split(/[^\p{L}\p{N}]+/u);
  const decoded = decode(rest);
  const texts = [squash(rest), squash(decoded)];
  const parts = new Set(texts.flatMap(partsOf));
  // Not all secrets: a large body has many values, and credentials come last.
  const isLeaked = secrets.slice(-200).some((secret) =>
    (secret !== "" && words.includes(secret)) ||
    (secret.length > 3 && decoded.includes(decode(secret.slice(0, 1000)))) ||
    formsOf(secret).some((form) =>
      form.length > PART_LENGTH
        ? partsOf(form).some((part) => parts.has(part))
        : texts.some((text) => text.includes(form))
    )
  );
  return isLeaked ? REDACTED : rest;
}

/** Returns all substrings that are just long enough to identify the string. */
function partsOf(text: string): string[] {
  const length = Math.max(0, text.length - PART_LENGTH + 1);
  return Array.from({ length }, (_, i) => text.slice(i, i + PART_LENGTH));
}

/**
 * Returns the forms that a secret may take, except forms too short to recognize.
 */
function formsOf(value: string): string[] {
  const secret = value.slice(0, 1000);
  const bytes = [...new TextEncoder().encode(secret)];
  const binary = bytes.map((byte) => String.fromCharCode(byte)).join("");
  // In base64, a secret inside a longer string begins at one of three bit offsets.
  const base64 = ["", "\0", "\0\0"].map((before, i) =>
    btoa(before + binary).replace(/.=+$/, "").slice(i && i + 1)
  );
  const forms = [secret, decode(secret), binary, bytes.join(""), toHex(bytes)];
  return [...forms, ...base64].map(squash).filter((form) => form.length > 3);
}

/**
 * Removes accents and everything except letters and digits, and converts to lower
 * case.
 */
function squash(text: string): string {
  return text.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

/** Undoes URL, JSON, JavaScript and HTML escapes, even nested ones. */
function decode(text: string): string {
  for (let i = 0; i < 3; i++) {
    text = text
      .replace(/%(?:25)+/g, "%")
      .replace(/(?:%[0-9a-f]{2})+/gi, decodePercent)
      .replace(/&[a-z]+;/gi, " ")
      .replace(/&#(\d{1,6});/g, (_, code) => String.fromCodePoint(+code))
      .replace(
        /\\x([0-9a-f]{2})|[\\%]u([0-9a-f]{4})|(?:\\u\{|&#x)([0-9a-f]{1,5})[};]/gi,
        (_, x, u, code) => String.fromCodePoint(parseInt(x ?? u ?? code, 16)),
      );
  }
  return text;
}

function decodePercent(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch {
    return escapes;
  }
}

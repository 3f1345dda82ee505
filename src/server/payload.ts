/**
 * Prepares the body of a request.
 *
 * @module
 */
import {
  isObject,
  isPlainObject,
  isStream,
  parseJson,
  type Watchdog,
} from "../http/mod.ts";
import { watchUpload } from "./upload.ts";

/** A body, ready to be sent. */
export interface Payload {
  /** Creates the body for `fetch`. */
  toRawBody?: (watchdog: Watchdog) => NonNullable<RequestInit["body"]>;
  /** The content type, unless `fetch` sets it. */
  type?: string;
  /** The known contents of the body, which must be redacted from errors. */
  values?: unknown;
}

/**
 * Prepares a body: serializes plain objects and arrays as JSON, and leaves
 * everything else to `fetch`.
 *
 * @throws {TypeError} If the body cannot be sent.
 */
export function toPayload(body: unknown): Payload {
  if (body === undefined) return {};
  if (Array.isArray(body) || isPlainObject(body)) {
    const text = JSON.stringify(body);
    const values: unknown = JSON.parse(text);
    return { toRawBody: () => text, type: "application/json", values };
  }
  // Bun does not set the content type itself (2026-11).
  if (typeof body === "string") {
    const values = parseJson(body) ?? body;
    return { toRawBody: () => body, type: "text/plain;charset=UTF-8", values };
  }
  if (isStream(body)) {
    if (!body.locked) {
      return { toRawBody: (watchdog) => watchUpload(body, watchdog) };
    }
    throw new TypeError("Cannot make the request: body was already used");
  }
  if (isSentByFetch(body)) {
    const isForm = body instanceof FormData || body instanceof URLSearchParams;
    const values = isForm ? Array.from(body, toObject) : [];
    return { toRawBody: () => body, values };
  }
  throw new TypeError(
    "Cannot make the request: body must be a plain object, an array or a body type that fetch accepts",
  );
}

/** Turns a field of a form or a query into an object. */
export function toObject<T>([name, value]: [string, T]): Record<string, T> {
  return { [name]: value };
}

function isSentByFetch(
  value: unknown,
): value is NonNullable<RequestInit["body"]> {
  return ArrayBuffer.isView(value) ||
    [ArrayBuffer, Blob, FormData, URLSearchParams]
      .some((type) => value instanceof type);
}

/** Matches plain words and ids, which messages need in order to be useful. */
const HARMLESS =
  /^([a-z]{0,15}|.{0,3}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** Matches the names of values that are secrets even if they are plain words. */
const SECRET_NAMES = /code|key|pass|pin|secret|slug|token/i;

/**
 * Collects the strings in a JSON value, because a server may quote them. Skips ids
 * and plain words unless their field's name suggests a secret.
 */
export function stringsIn(json: unknown, name = ""): string[] {
  if (isObject(json)) {
    return Object.entries(json).flatMap(([key, value]) =>
      stringsIn(value, Array.isArray(json) ? name : key)
    );
  }
  if (typeof json !== "string") return [];
  return HARMLESS.test(json) && !SECRET_NAMES.test(name) ? [] : [json];
}

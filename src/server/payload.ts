/**
 * The body of a request, from what a caller passes.
 *
 * @module
 */
import { isObject, isStream, type Watchdog } from "../http/mod.ts";
import { watchUpload } from "./upload.ts";

/** What is sent for a body. */
export interface Payload {
  /** Makes what `fetch` is given. */
  toRawBody?: (watchdog: Watchdog) => NonNullable<RequestInit["body"]>;
  /** Its content type, unless `fetch` finds that out. */
  type?: string;
  /** The value, where it is sent as JSON. */
  json?: unknown;
}

/**
 * Tells what is sent as JSON from what is sent as `fetch` would.
 *
 * @throws {TypeError} If it cannot be sent.
 */
export function toPayload(body: unknown): Payload {
  if (body === undefined) return {};
  if (Array.isArray(body) || isPlainObject(body)) {
    const text = JSON.stringify(body);
    const json: unknown = JSON.parse(text);
    return { toRawBody: () => text, type: "application/json", json };
  }
  // Bun does not say so itself (seen 2026-11).
  if (typeof body === "string") {
    return { toRawBody: () => body, type: "text/plain;charset=UTF-8" };
  }
  if (isStream(body)) {
    if (!body.locked) {
      return { toRawBody: (watchdog) => watchUpload(body, watchdog) };
    }
    throw new TypeError("Cannot make the request: body was already used");
  }
  if (isSentByFetch(body)) return { toRawBody: () => body };
  throw new TypeError(
    "Cannot make the request: body is neither a plain object or array nor anything that fetch sends",
  );
}

function isSentByFetch(
  value: unknown,
): value is NonNullable<RequestInit["body"]> {
  return ArrayBuffer.isView(value) ||
    [ArrayBuffer, Blob, FormData, URLSearchParams]
      .some((type) => value instanceof type);
}

function isPlainObject(value: unknown): boolean {
  if (!isObject(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The texts in JSON, which a server may repeat in its message; short ones are not secrets. */
export function textsIn(json: unknown): string[] {
  if (typeof json === "string") return json.length < 4 ? [] : [json];
  return isObject(json) ? Object.values(json).flatMap(textsIn) : [];
}

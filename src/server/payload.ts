/**
 * Prepares the body of a request.
 *
 * @module
 */
import {
  isPlainObject,
  isStream,
  parseJson,
  type Watchdog,
} from "../http/mod.ts";
import { toObject } from "./quotable.ts";
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

function isSentByFetch(
  value: unknown,
): value is NonNullable<RequestInit["body"]> {
  return ArrayBuffer.isView(value) ||
    [ArrayBuffer, Blob, FormData, URLSearchParams]
      .some((type) => value instanceof type);
}

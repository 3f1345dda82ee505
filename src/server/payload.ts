/**
 * Prepares the body of a request.
 *
 * @module
 */
import { isObject, isStream, type Watchdog } from "../http/mod.ts";
import { watchUpload } from "./upload.ts";

/** A body, ready to be sent. */
export interface Payload {
  /** Creates the body for `fetch`. */
  toRawBody?: (watchdog: Watchdog) => NonNullable<RequestInit["body"]>;
  /** The content type, unless `fetch` sets it. */
  type?: string;
  /** The strings in the JSON, which a server may quote. */
  strings?: string[];
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
    const strings: string[] = [];
    const text = JSON.stringify(body, (_, value) => {
      if (typeof value === "string") strings.push(value);
      return value;
    });
    return { toRawBody: () => text, type: "application/json", strings };
  }
  // Bun does not set the content type itself (2026-11).
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
    "Cannot make the request: body must be a plain object, an array or a type that fetch sends",
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

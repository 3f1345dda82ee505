/** Calls endpoints with JSON. */
import { HttpError, request, type Session } from "@immich-edge/sync";

/** The HTTP method of a call. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a call sends. */
export interface CallInit {
  body?: object | undefined;
  signal?: AbortSignal;
}

/** Calls an endpoint, and returns its JSON, if any. */
export async function call<T = unknown>(
  session: Session,
  method: Method,
  path: string,
  { body, signal }: CallInit = {},
): Promise<T> {
  const response = await request(session, path, {
    method,
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/**
 * Returns the result of a call, or `undefined` if the server refused it because
 * the object does not exist or does not belong to the user.
 */
export async function orUndefined<T>(
  result: Promise<T>,
): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    const isRefusal = error instanceof HttpError &&
      [400, 403, 404].includes(error.status);
    if (isRefusal) return undefined;
    throw error;
  }
}

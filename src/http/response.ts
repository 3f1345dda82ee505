/**
 * Reads a response as JSON, or turns it into an error.
 *
 * @module
 */
import {
  AuthenticationError,
  AuthorizationError,
  HttpError,
  ProtocolError,
  TimeoutError,
} from "../errors/mod.ts";
import { BodyReader } from "./body.ts";
import { isObject, parseJson } from "./json.ts";
import { redact, sanitize } from "./redact.ts";
import { isRedirect, LOOKS_LIKE_PROXY, redirectError } from "./redirect.ts";
import { parseRetryAfter } from "./retry.ts";
import type { Watchdog } from "./watchdog.ts";

const MAX_ERROR_BYTES = 64 * 1024;
const MAX_JSON_BYTES = 16 * 1024 * 1024;
const MAX_QUOTE_LENGTH = 500;

/** Authentication challenges sent only by proxies, never by Immich servers. */
const PROXY_CHALLENGE = /^(basic|digest|negotiate|ntlm)\b/i;

/**
 * Reads a successful response as JSON. The value of a 204 is `undefined`.
 *
 * @param isResult Checks whether the value is what an Immich server sends.
 */
export async function readJson<T>(
  response: Response,
  watchdog: Watchdog,
  isResult: (value: unknown) => value is T,
): Promise<T> {
  const { action } = watchdog;
  const body = new BodyReader(response.body, watchdog);
  try {
    const { text, failure } = await readText(body, MAX_JSON_BYTES);
    if (failure !== undefined) throw failure;
    const value = parseJson(text);
    if (value === undefined && response.status !== 204) {
      throw startsAsHtml(text)
        ? htmlError(action)
        : new ProtocolError(`Cannot ${action}: the response is not JSON`);
    }
    if (isResult(value)) return value;
    throw new ProtocolError(
      `Cannot ${action}: the response is not what an Immich server sends`,
    );
  } catch (error) {
    body.failure = error;
    throw error;
  } finally {
    await body.close();
  }
}

/**
 * Reads an unsuccessful response, and ends its request.
 *
 * @param isAuthenticated Whether the request had an access token.
 *
 * @returns The error to throw; after an abort, the signal's reason.
 */
export async function readError(
  response: Response,
  watchdog: Watchdog,
  isAuthenticated: boolean,
): Promise<unknown> {
  const { action, secrets, signal } = watchdog;
  if (isRedirect(response)) {
    await discard(response);
    return redirectError(response, action, secrets);
  }
  const body = new BodyReader(response.body, watchdog);
  // If reading the body fails, the status alone determines the error.
  const { text } = await readText(body, MAX_ERROR_BYTES);
  body.failure = watchdog.abortedByCaller
    ? signal.reason
    : toError(response, text, watchdog, isAuthenticated);
  await body.close();
  return body.failure;
}

function toError(
  response: Response,
  text: string,
  { action, secrets }: Watchdog,
  isAuthenticated: boolean,
): HttpError | ProtocolError {
  const { status, headers } = response;
  const body = toErrorBody(text);
  const serverMessage = toServerMessage(body, secrets);
  const correlationId = correlationIdOf(headers, body, secrets);
  const message = `Cannot ${action}: the server answered ${status}` +
    (serverMessage === undefined ? "" : ` "${serverMessage}"`) +
    (correlationId === undefined ? "" : ` (correlation id ${correlationId})`);
  const init = {
    status,
    serverMessage,
    correlationId,
    retryAfterMs: parseRetryAfter(headers.get("retry-after")),
  };
  const error = new HttpError(message, init);
  const isPage = isHtml(response) || startsAsHtml(text);
  const challenge = headers.get("www-authenticate") ?? "";
  // A response from a proxy or a wrong server says nothing about the session.
  if (!error.retryable && (isPage || PROXY_CHALLENGE.test(challenge))) {
    const content = isPage ? "an HTML page" : "a password prompt";
    return htmlError(action, `${status} with ${content}`);
  }
  if (status === 401) {
    return new AuthenticationError(
      isAuthenticated
        ? `${message}: sign in again (an API key is not an access token)`
        : message,
      init,
    );
  }
  if (status !== 403) return error;
  return new AuthorizationError(
    /api key/i.test(serverMessage ?? "")
      ? `${message}: an API key was sent, but a session is required; sign in with login or authorize`
      : message,
    init,
  );
}

/** Discards a response, to free its connection. */
export async function discard(response: Response): Promise<void> {
  try {
    await response.body?.cancel();
  } catch {
    // Ignore errors: the body may have failed already.
  }
}

/** Returns whether a response's content type is HTML. */
export function isHtml(response: Response): boolean {
  return /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(
    response.headers.get("content-type") ?? "",
  );
}

function startsAsHtml(text: string): boolean {
  return /^\s*</.test(text);
}

/** Creates the error for an HTML page that arrives instead of JSON. */
export function htmlError(
  action: string,
  answer = "with an HTML page",
): ProtocolError {
  return new ProtocolError(
    `Cannot ${action}: the server answered ${answer} instead of JSON; ${LOOKS_LIKE_PROXY}`,
  );
}

/**
 * Reads at most `maxBytes` of a body. Returns the text that was read, and the
 * failure, if any.
 */
async function readText(
  body: BodyReader,
  maxBytes: number,
): Promise<{ text: string; failure?: unknown }> {
  const decoder = new TextDecoder();
  const { action, maxResponseMs } = body.watchdog;
  const since = performance.now();
  let text = "";
  let bytes = 0;
  try {
    for (let chunk; (chunk = await body.read()) !== undefined;) {
      const part = chunk.subarray(0, maxBytes - bytes);
      text += decoder.decode(part, { stream: true });
      bytes += part.length;
      if (part.length < chunk.length) {
        throw new ProtocolError(
          `Cannot ${action}: the response is longer than ${maxBytes} bytes`,
        );
      }
      if (performance.now() - since > maxResponseMs) {
        throw new TimeoutError(
          `Cannot ${action}: the response did not end within ${maxResponseMs} ms`,
          { idleTimeoutMs: maxResponseMs },
        );
      }
    }
    return { text: text + decoder.decode() };
  } catch (failure) {
    return { text, failure };
  }
}

/**
 * The body of an error response. Since 3.0, servers send only `message` and
 * `errors`. Compatible servers send `title` and `detail` (RFC 9457); with
 * FastAPI, `detail` is a string or a list of invalid fields.
 */
interface ErrorBody {
  message?: unknown;
  title?: unknown;
  detail?: unknown;
  errors?: unknown;
  correlationId?: unknown;
}

function toErrorBody(text: string): ErrorBody {
  const value = parseJson(text);
  return isObject(value) ? value : {};
}

/**
 * Returns the server's message and validation errors in one line, with secrets
 * redacted.
 */
function toServerMessage(
  { message, detail, title, errors }: ErrorBody,
  secrets: readonly string[],
): string | undefined {
  const issues = Array.isArray(errors) ? errors : [];
  const text = [message ?? detail ?? title, issues].flat()
    .map((part) => isObject(part) ? describeIssue(part) : part)
    .filter((part) => typeof part === "string" && part !== "").join("; ");
  return sanitize(text, secrets, MAX_QUOTE_LENGTH) || undefined;
}

/** Describes an invalid field: `path` and `message`, or FastAPI's `loc` and `msg`. */
function describeIssue(
  { path, loc = path, message, msg = message, detail = msg }: Issue,
): string {
  // Objects are omitted, because they may be deeply nested or fail to convert to a
  // string.
  const keys = [loc].flat().filter((key) => !isObject(key));
  const field = Array.isArray(loc) ? keys.join(".") : "";
  const text = isObject(detail) ? "" : detail ?? "";
  return `${field}${field && ": "}${text}`;
}

interface Issue {
  path?: unknown;
  loc?: unknown;
  message?: unknown;
  msg?: unknown;
  detail?: unknown;
}

/**
 * Since 3.0, servers send `x-correlation-id`; older servers send `x-immich-cid`
 * and `correlationId`.
 */
function correlationIdOf(
  headers: Headers,
  body: ErrorBody,
  secrets: readonly string[],
): string | undefined {
  return [
    headers.get("x-correlation-id"),
    headers.get("x-immich-cid"),
    body.correlationId,
  ].find((id): id is string =>
    typeof id === "string" && /^[\w-]{1,64}$/.test(id) &&
    id !== "undefined" && redact(id, secrets) === id
  );
}

/**
 * Turns an unsuccessful response into an error.
 *
 * @module
 */
import {
  AuthenticationError,
  AuthorizationError,
  HttpError,
  type ProtocolError,
} from "../errors/mod.ts";
import { BodyReader } from "./body.ts";
import { isObject, parseJson } from "./json.ts";
import { redact, sanitize } from "./redact.ts";
import { isRedirect, redirectError } from "./redirect.ts";
import {
  discard,
  htmlError,
  isHtml,
  readText,
  startsAsHtml,
} from "./response.ts";
import { parseRetryAfter } from "./retry.ts";
import type { Watchdog } from "./watchdog.ts";

const MAX_ERROR_BYTES = 64 * 1024;
const MAX_QUOTE_LENGTH = 500;

/** Authentication challenges sent only by proxies, never by Immich servers. */
const PROXY_CHALLENGE = /^(basic|digest|negotiate|ntlm)\b/i;

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
  const retryAfterMs = parseRetryAfter(headers.get("retry-after"));
  const init = { status, serverMessage, correlationId, retryAfterMs };
  const message = `Cannot ${action}: the server answered ${status}` +
    (serverMessage === undefined ? "" : ` "${serverMessage}"`) +
    (correlationId === undefined ? "" : ` (correlation id ${correlationId})`);
  const error = new HttpError(message, init);
  if (error.retryable) return error;
  // A response from a proxy or a wrong server says nothing about the session.
  if (isHtml(response) || startsAsHtml(text)) {
    return htmlError(action, `${status} with an HTML page`);
  }
  if (PROXY_CHALLENGE.test(headers.get("www-authenticate") ?? "")) {
    return htmlError(action, `${status} with a password prompt`);
  }
  if (status === 401) {
    const advice = ": sign in again (an API key is not an access token)";
    return new AuthenticationError(
      isAuthenticated ? message + advice : message,
      init,
    );
  }
  if (status === 403) {
    const advice =
      ": an API key was sent, but a session is required; sign in with login or authorize";
    const sentApiKey = /api key/i.test(serverMessage ?? "");
    return new AuthorizationError(
      sentApiKey ? message + advice : message,
      init,
    );
  }
  return error;
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

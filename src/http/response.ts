/**
 * Reads an answer that is no stream: its text, its JSON, or the error it means.
 *
 * @module
 */
import {
  AuthenticationError,
  AuthorizationError,
  HttpError,
  ProtocolError,
} from "../errors/mod.ts";
import { BodyReader } from "./body.ts";
import { isObject, parseJson } from "./json.ts";
import { oneLine, redact } from "./redact.ts";
import { parseRetryAfter } from "./retry.ts";
import type { Watchdog } from "./watchdog.ts";

const MAX_ERROR_BYTES = 64 * 1024;
const MAX_JSON_BYTES = 16 * 1024 * 1024;
const MAX_QUOTE_LENGTH = 500;
const TOO_LONG = Symbol("too long");

/** What an answer is read with. */
export interface ResponseContext {
  /** Whether a session was sent along. */
  authenticated: boolean;
  /** Strings to strike out of whatever the server says. */
  secrets: readonly string[];
  /** Watches over the request. */
  watchdog: Watchdog;
}

/** Reads the JSON of a successful answer. */
export async function readJson(
  response: Response,
  { watchdog }: ResponseContext,
): Promise<unknown> {
  const { action } = watchdog;
  const { text, failure } = await readText(response, watchdog, MAX_JSON_BYTES);
  if (failure === TOO_LONG) {
    throw new ProtocolError(
      `Cannot ${action}: the answer is longer than ${MAX_JSON_BYTES} bytes`,
    );
  }
  if (failure !== undefined) throw failure;
  const value = parseJson(text);
  if (value === undefined) {
    throw startsAsHtml(text)
      ? htmlError(action)
      : new ProtocolError(`Cannot ${action}: the answer is no JSON`);
  }
  return value;
}

/** Reads the error that an unsuccessful answer means. */
export async function readError(
  response: Response,
  { authenticated, secrets, watchdog }: ResponseContext,
): Promise<HttpError | ProtocolError> {
  const { action } = watchdog;
  const { status, headers } = response;
  const isRedirect = status >= 300 && status < 400 && status !== 304;
  if (response.type === "opaqueredirect" || isRedirect) {
    await discard(response);
    return redirectError(response, action, secrets);
  }
  const { text, failure } = await readText(response, watchdog, MAX_ERROR_BYTES);
  // An error whose body breaks off is still the error that its status says.
  if (failure !== undefined && watchdog.abortedByCaller) throw failure;
  const html = isHtml(response) || startsAsHtml(text);
  if (html && (status === 404 || status === 405)) return htmlError(action);
  const body = toErrorBody(text);
  const serverMessage = quotable(body, secrets);
  const correlationId = correlationIdOf(headers, body, secrets);
  const init = {
    status,
    serverMessage,
    correlationId,
    retryAfterMs: parseRetryAfter(headers.get("retry-after")),
  };
  const message = `Cannot ${action}: the server answered ${status}` +
    (serverMessage === undefined ? "" : ` "${serverMessage}"`) +
    (correlationId === undefined ? "" : ` (correlation id ${correlationId})`);
  if (status === 401) {
    return new AuthenticationError(
      authenticated
        ? `${message}: sign in again (an API key is no access token)`
        : message,
      init,
    );
  }
  if (status !== 403) return new HttpError(message, init);
  return new AuthorizationError(
    /api key/i.test(serverMessage ?? "")
      ? `${message}: an API key was sent, but only a session may do this, sign in with login or authorize instead`
      : message,
    init,
  );
}

/** Drops an answer that nobody reads, so that its connection is free again. */
export async function discard(response: Response): Promise<void> {
  try {
    await response.body?.cancel();
  } catch {
    // It broke before it could be dropped, which is as good.
  }
}

/** Whether an answer says that it is a page for people. */
export function isHtml(response: Response): boolean {
  return /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(
    response.headers.get("content-type") ?? "",
  );
}

function startsAsHtml(text: string): boolean {
  return /^\s*</.test(text);
}

/** The error for a page where JSON was due. */
export function htmlError(action: string): ProtocolError {
  return new ProtocolError(
    `Cannot ${action}: the server answered with an HTML page where JSON was due, it looks like the login page of a proxy or a wrong address`,
  );
}

function redirectError(
  response: Response,
  action: string,
  secrets: readonly string[],
): HttpError {
  const { status, headers, url } = response;
  const location = headers.get("location") ?? "";
  const base = url === "" ? undefined : url;
  const target = URL.canParse(location, base)
    ? `"${redact(new URL(location, base).origin, secrets)}"`
    : "another address";
  return new HttpError(
    `Cannot ${action}: the server answered ${
      status || "with a redirect"
    }, it redirects to ${target}; redirects are not followed with an access token, use the final address as base URL`,
    { status },
  );
}

/** Reads as much of a body as there is, and says what kept it from the rest. */
async function readText(
  response: Response,
  watchdog: Watchdog,
  maxBytes: number,
): Promise<{ text: string; failure?: unknown }> {
  const body = new BodyReader(response.body, watchdog);
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  try {
    for (let chunk; (chunk = await body.read()) !== undefined;) {
      const part = chunk.subarray(0, maxBytes - bytes);
      text += decoder.decode(part, { stream: true });
      bytes += part.length;
      if (part.length < chunk.length) return { text, failure: TOO_LONG };
    }
    return { text: text + decoder.decode() };
  } catch (failure) {
    return { text, failure };
  } finally {
    await body.leave();
  }
}

/** What servers say of a failure: up to 2.x all of it, since 3.0 `message` and `errors`. */
interface ErrorBody {
  message?: unknown;
  errors?: unknown;
  correlationId?: unknown;
}

function toErrorBody(text: string): ErrorBody {
  const value = parseJson(text);
  return isObject(value) ? value : {};
}

/** The server's message in one line, with the failed fields, without secrets. */
function quotable(
  { message, errors }: ErrorBody,
  secrets: readonly string[],
): string | undefined {
  const parts = Array.isArray(message) ? message : [message];
  const details = Array.isArray(errors) ? errors.map(describeIssue) : [];
  const text = [...parts, ...details]
    .filter((part) => typeof part === "string" && part !== "").join("; ");
  return oneLine(redact(text, secrets), MAX_QUOTE_LENGTH) || undefined;
}

function describeIssue(issue: unknown): string | undefined {
  if (!isObject(issue)) return undefined;
  const { path, message } = issue;
  const keys = Array.isArray(path) ? path : [];
  // Only what cannot fail as it becomes a text: an object may, and be of any depth.
  const field = keys.filter((key) => !isObject(key)).join(".");
  return `${field}${field && ": "}${isObject(message) ? "" : message}`;
}

/** The id is in a header since 3.0, in another and in the body before; "undefined" is none. */
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
    id !== "undefined" && !secrets.includes(id)
  );
}

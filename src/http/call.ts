/**
 * One call of the API: a request, its answer, and the error in its place.
 *
 * @module
 */
import { normalizeBaseUrl } from "./base_url.ts";
import { checkNames } from "./check_names.ts";
import {
  type Client,
  CLIENT_OPTIONS,
  type ClientOptions,
  type ClientRequest,
  toClient,
} from "./client.ts";
import { ProtocolError } from "../errors/mod.ts";
import {
  discard,
  htmlError,
  isHtml,
  readError,
  readJson,
  type ResponseContext,
} from "./response.ts";
import { checkSession, type Session } from "./session.ts";
import { Watchdog } from "./watchdog.ts";

/** Options of every call. */
export interface CallOptions extends ClientOptions {
  /**
   * Carries the requests; excludes the options of {@linkcode createClient},
   * which make a client for this call only.
   */
  client?: Client;
  /** Ends the call; it then rejects with the signal's own reason. */
  signal?: AbortSignal;
  /**
   * How long the server may stay silent before the call ends with a
   * `TimeoutError`, in milliseconds; `false` waits for ever.
   * @default {90000}
   */
  idleTimeoutMs?: number | false;
}

/** Names of the options that every call takes. */
const CALL_OPTIONS: readonly (keyof CallOptions)[] = [
  "client",
  "signal",
  "idleTimeoutMs",
  "fetch",
  "headers",
  "tokenHeader",
  "allowInsecureHttp",
];

/**
 * Checks that options are an object with known names.
 *
 * @param action What the options are for, for messages: "sign in".
 * @param own Names besides those of {@linkcode CallOptions}.
 * @param required The name of an option that must be there, for messages.
 *
 * @throws {TypeError} If they are not, with a suggestion for a misspelt name.
 */
export function checkCallOptions(
  action: string,
  options: unknown,
  own: readonly string[] = [],
  required = "",
): void {
  checkNames(action, "options", options, [...own, ...CALL_OPTIONS], required);
}

/** The options of a call among others. */
export function toCallOptions(options: CallOptions): CallOptions {
  return Object.fromEntries(
    CALL_OPTIONS.filter((name) => options[name] !== undefined)
      .map((name) => [name, options[name]]),
  );
}

/** What a call sends, and how messages name it. */
export type Call =
  & ({ session: Session } | { baseUrl: string | URL })
  & {
    /** What the caller wants, for messages: "read the current user". */
    action: string;
    /** Method. */
    method: ClientRequest["method"];
    /** Path below the base URL. */
    path: string;
    /** Sent as JSON. */
    body?: unknown;
    /** Makes what is sent as it is, in place of `body`. */
    toRawBody?: (watchdog: Watchdog) => NonNullable<RequestInit["body"]>;
    /** Headers besides those that follow from the rest, names in lower case. */
    headers?: Record<string, string>;
    /** Whether the answer may be a page. */
    allowsHtml?: boolean;
    /** Strings that no error may hold, besides the access token. */
    secrets?: readonly string[];
  };

/** A successful answer whose body nobody has touched yet. */
export interface OpenResponse extends ResponseContext {
  /** The answer. */
  response: Response;
}

/**
 * Sends a call and waits for the head of a successful answer.
 *
 * The caller has to read or discard the body, and to release the watchdog.
 */
export async function openResponse(
  call: Call,
  options: CallOptions,
): Promise<OpenResponse> {
  const { action, secrets = [] } = call;
  const request = toRequest(call);
  const { accessToken = "" } = request;
  const client = resolveClient(options);
  const watchdog = new Watchdog(action, options);
  const context = {
    authenticated: accessToken !== "",
    secrets: [...secrets, accessToken],
    watchdog,
  };
  const { signal } = watchdog;
  if (call.toRawBody !== undefined) request.body = call.toRawBody(watchdog);
  try {
    const answer = client.request({ ...request, signal });
    const response = await watchdog.wait(answer).catch((error) => {
      // An answer that comes too late still holds a connection.
      answer.then(discard, () => {});
      throw error;
    });
    if (!response.ok) throw await readError(response, context);
    if (isHtml(response) && !call.allowsHtml) {
      await discard(response);
      throw htmlError(action);
    }
    return { ...context, response };
  } catch (error) {
    watchdog.release();
    // A body may still be on its way to the server.
    watchdog.stop();
    throw error;
  }
}

/**
 * Sends a call and reads the JSON of a successful answer.
 *
 * @param isResult Whether the JSON is what an Immich server sends.
 */
export async function callJson<T>(
  call: Call,
  options: CallOptions,
  isResult: (value: unknown) => value is T,
): Promise<T> {
  const open = await openResponse(call, options);
  try {
    const value = await readJson(open.response, open);
    if (isResult(value)) return value;
    throw new ProtocolError(
      `Cannot ${call.action}: the answer is not what an Immich server sends`,
    );
  } finally {
    open.watchdog.release();
  }
}

/** Sends a call whose successful answer says nothing. */
export async function callEmpty(
  call: Call,
  options: CallOptions,
): Promise<void> {
  const { response, watchdog } = await openResponse(call, options);
  watchdog.release();
  await discard(response);
}

function toRequest(call: Call): Omit<ClientRequest, "signal"> {
  const { method, path, body } = call;
  if ("session" in call) checkSession(call.session);
  const { baseUrl } = "session" in call ? call.session : call;
  const request: Omit<ClientRequest, "signal"> = {
    method,
    url: normalizeBaseUrl(baseUrl) + path,
    headers: { accept: "application/json", ...call.headers },
  };
  if ("session" in call) request.accessToken = call.session.accessToken;
  if (body !== undefined) {
    request.headers["content-type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  return request;
}

function resolveClient(options: CallOptions): Client {
  const { client } = options;
  if (client === undefined) return toClient(options);
  for (const name of CLIENT_OPTIONS) {
    if (options[name] === undefined) continue;
    throw new TypeError(
      `Cannot use option "${name}" together with "client": give it to createClient`,
    );
  }
  return client;
}

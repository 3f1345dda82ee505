/**
 * Calls an endpoint: sends a request, and returns the response or throws.
 *
 * @module
 */
import { normalizeBaseUrl } from "./base_url.ts";
import { checkOptions } from "./check_options.ts";
import {
  type Client,
  CLIENT_OPTIONS,
  type ClientOptions,
  type ClientRequest,
  toClient,
} from "./client.ts";
import { ConnectionError } from "../errors/mod.ts";
import { pickDefined } from "./pick.ts";
import { redactCause } from "./redact.ts";
import { isRedirect } from "./redirect.ts";
import { RequestTrace } from "./request_trace.ts";
import { discard, htmlError, isHtml, readJson } from "./response.ts";
import { readError } from "./response_error.ts";
import { traceOf } from "./trace.ts";
import { Watchdog } from "./watchdog.ts";

/** Options for every call. */
export interface CallOptions extends ClientOptions {
  /**
   * Sends the requests. Cannot be combined with options for
   * {@linkcode createClient}, which would create a client for this call only. The
   * exception is `onTrace`, which replaces the client's own function.
   */
  client?: Client;
  /** Aborts the call, which then rejects with the signal's reason. */
  signal?: AbortSignal;
  /**
   * How long the server may stay silent before the call fails with a
   * `TimeoutError`, in milliseconds; `false` for no limit.
   * @default {90000}
   */
  idleTimeoutMs?: number | false;
}

/** Names of the options for every call. */
const CALL_OPTIONS: readonly (keyof CallOptions)[] = [
  "client",
  "signal",
  "idleTimeoutMs",
  // Bundlers would keep a spread array in programs that do not use it.
  "fetch",
  "headers",
  "tokenHeader",
  "allowInsecureHttp",
  "onTrace",
];

/**
 * Checks that options are an object whose property names are all known.
 *
 * @param action The action to name in error messages, such as "sign in".
 * @param own Names of options that are allowed in addition to
 * {@linkcode CallOptions}.
 * @param required The name of a required option, for error messages.
 *
 * @throws {TypeError} If the options are not an object or a name is unknown. The
 * message suggests a correction for a misspelled name.
 */
export function checkCallOptions(
  action: string,
  options: unknown,
  own: readonly string[] = [],
  required = "",
): void {
  checkOptions(action, "options", options, [...own, ...CALL_OPTIONS], required);
}

/** Picks the options for a call. */
export function toCallOptions(options: CallOptions): CallOptions {
  return pickDefined(options, CALL_OPTIONS);
}

/** A call to an endpoint. */
export interface Call {
  /** The address of the server. */
  baseUrl: string | URL;
  /** The credential, from a checked session. */
  accessToken?: string;
  /** The action to name in error messages, such as "read the current user". */
  action: string;
  /** The HTTP method. */
  method: ClientRequest["method"];
  /** The path, relative to the base URL. */
  path: string;
  /** The body, sent as JSON. */
  body?: unknown;
  /** Creates the body, which is sent unchanged. Replaces `body`. */
  toRawBody?:
    | ((watchdog: Watchdog) => NonNullable<RequestInit["body"]>)
    | undefined;
  /** Additional headers, with names in lower case. */
  headers?: Record<string, string>;
  /** Whether the response may be HTML. */
  allowsHtml?: boolean;
  /** Strings to redact from errors, in addition to the access token. */
  secrets?: readonly string[];
}

/** A successful response whose body has not been read, and whose request has not ended. */
export interface OpenResponse {
  /** The response. */
  response: Response;
  /** The watchdog of the request. */
  watchdog: Watchdog;
}

/**
 * Sends a call and waits for the head of a successful response.
 *
 * The caller must read or discard the body, and end the request through its
 * watchdog.
 */
export async function openResponse(
  call: Call,
  options: CallOptions,
): Promise<OpenResponse> {
  const { action, path, accessToken, secrets = [] } = call;
  const { signal } = options;
  const client = resolveClient(options);
  const onTrace = traceOf(options);
  const credentials = [...client.secrets ?? [], accessToken ?? ""];
  const watchdog = new Watchdog(action, options, [...secrets, ...credentials]);
  try {
    const request = toRequest(call, watchdog);
    watchdog.trace = onTrace &&
      new RequestTrace(onTrace, request, path, credentials, signal);
    const promise = client.request(request);
    const response = await watchdog.wait(promise).catch((error) => {
      // Even a response that arrives too late keeps its connection busy.
      promise.then(discard, () => {});
      throw error;
    });
    watchdog.trace?.addResponse(response.status);
    if (!response.ok || isRedirect(response)) {
      throw await readError(response, watchdog, accessToken !== undefined);
    }
    if (isHtml(response) && !call.allowsHtml) {
      await discard(response);
      throw htmlError(action);
    }
    return { response, watchdog };
  } catch (error) {
    watchdog.end(error);
    throw error instanceof ConnectionError
      ? redactCause(error, watchdog.secrets)
      : error;
  }
}

/**
 * Sends a call and returns the JSON of a successful response.
 *
 * @param isResult Returns whether the JSON is what an Immich server sends.
 */
export async function callJson<T>(
  call: Call,
  options: CallOptions,
  isResult: (value: unknown) => value is T,
): Promise<T> {
  const { response, watchdog } = await openResponse(call, options);
  return await readJson(response, watchdog, isResult);
}

/**
 * Sends a call and ignores the body of a successful response.
 *
 * @returns The trace of the request, if it is traced.
 */
export async function callEmpty(
  call: Call,
  options: CallOptions,
): Promise<RequestTrace | undefined> {
  const { response, watchdog } = await openResponse(call, options);
  watchdog.end();
  await discard(response);
  return watchdog.trace;
}

function toRequest(
  { baseUrl, accessToken, method, path, body, toRawBody, headers }: Call,
  watchdog: Watchdog,
): ClientRequest {
  const type: Record<string, string> = body === undefined
    ? {}
    : { "content-type": "application/json" };
  return {
    method,
    url: normalizeBaseUrl(baseUrl) + path,
    headers: { accept: "application/json", ...type, ...headers },
    body: toRawBody?.(watchdog) ?? JSON.stringify(body),
    accessToken,
    signal: watchdog.signal,
  };
}

function resolveClient(options: CallOptions): Client {
  const { client } = options;
  if (client === undefined) return toClient(options);
  if (typeof client?.request !== "function") {
    throw new TypeError(
      'Cannot use option "client": it must be an object with a "request" function',
    );
  }
  for (const name of CLIENT_OPTIONS) {
    if (options[name] === undefined || name === "onTrace") continue;
    throw new TypeError(
      `Cannot use option "${name}" together with "client": pass it to createClient`,
    );
  }
  return client;
}

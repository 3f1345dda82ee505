/**
 * HTTP requests: sessions, clients, calls and responses.
 *
 * @module
 */
export { BodyReader, type ChunkSource } from "./body.ts";
export { isPrivateHost, normalizeBaseUrl } from "./base_url.ts";
export {
  callEmpty,
  callJson,
  type CallOptions,
  checkCallOptions,
  type OpenResponse,
  openResponse,
  toCallOptions,
} from "./call.ts";
export {
  checkAtLeast,
  checkAtLeastOrFalse,
  checkPositive,
} from "./check_numbers.ts";
export { checkChoice, checkOptions } from "./check_options.ts";
export {
  checkHeaders,
  type Client,
  type ClientOptions,
  type ClientRequest,
  createClient,
  type Fetch,
  isStream,
} from "./client.ts";
export { type Env, MAX_DELAY_MS, SYSTEM } from "./env.ts";
export { toHex } from "./hex.ts";
export { type IterableStream, toStream } from "./iterable_stream.ts";
export { isObject, isPlainObject, parseJson } from "./json.ts";
export { pickDefined } from "./pick.ts";
export { sanitize, toSingleLine } from "./redact.ts";
export { discard } from "./response.ts";
export { backoffDelay } from "./retry.ts";
export {
  checkSession,
  isAccessToken,
  isSession,
  type Session,
} from "./session.ts";
export {
  type OnTrace,
  toTraceError,
  type TraceErrorCode,
  type TraceEvent,
  traceOf,
  type TraceOptions,
} from "./trace.ts";
export { wait } from "./wait.ts";
export { IDLE_TIMEOUT_MS, Watchdog } from "./watchdog.ts";

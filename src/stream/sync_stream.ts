/**
 * Opens the sync stream: one request, one stream of typed events.
 *
 * @module
 */
import {
  BodyReader,
  type CallOptions,
  checkCallOptions,
  checkChoice,
  checkSession,
  discard,
  isPrivateHost,
  type IterableStream,
  type OpenResponse,
  openResponse,
  sanitize,
  type Session,
  toStream,
} from "../http/mod.ts";
import { ProtocolError } from "../errors/mod.ts";
import { toChunkReader } from "./chunk_reader.ts";
import { checkEnding } from "./ending.ts";
import { readItems } from "./items.ts";
import { checkMaxLineBytes, LineGuard } from "./line_guard.ts";
import {
  checkSyncTypes,
  type ServerVersion,
  type SyncEvent,
  type SyncRequestName,
  type SyncRequestType,
} from "../protocol/mod.ts";
import { toSyncEvent } from "./event.ts";
import { rowChecker } from "./row_check.ts";

/** Names of the stream options, excluding the options shared by all calls. */
const OWN_OPTIONS: readonly Exclude<
  keyof SyncStreamOptions,
  keyof CallOptions
>[] = [
  "checkRows",
  "compression",
  "maxLineBytes",
  "onBadLine",
  "onBytes",
  "reset",
  "serverVersion",
  "terminator",
];

/** Options for {@linkcode syncStream}. */
export interface SyncStreamOptions extends CallOptions {
  /**
   * Whether to start from the beginning, so that the whole library is sent
   * again. If so, wipe your local copy before the first event, because, in this
   * case, a real server does not send `SyncResetV1`.
   * @default {false}
   */
  reset?: boolean;
  /**
   * The maximum length of a line in bytes, excluding the line feed.
   * @default {16777216}
   */
  maxLineBytes?: number;
  /**
   * The compression to request. On a fast network, `"identity"` is 3 to 4 times
   * faster, because compression is limited by the server's CPU. `"gzip"` makes
   * the stream 6.7 times smaller, but a small stream arrives only once it is
   * complete (measured on 3.1.0). `"runtime"` leaves the choice to the runtime;
   * in browsers, the runtime always chooses.
   * @default {"identity" for private hosts, "gzip" for public ones}
   */
  compression?: "identity" | "gzip" | "runtime";
  /**
   * Whether the stream must end with `SyncCompleteV1` or `SyncResetV1`. Servers
   * before 1.141.0 do not send `SyncCompleteV1`; for these servers, pass
   * `"optional"`, so that the end of the body also ends the stream.
   * @default {"required"}
   */
  terminator?: "required" | "optional";
  /**
   * Whether to treat a line as bad if its row lacks its key, has an object where a
   * number is expected, or is nested more than 1,000 levels deep.
   * @default {false}
   */
  checkRows?: boolean;
  /**
   * Called each time bytes arrive, with the number of bytes after decompression.
   * @default {none}
   */
  onBytes?: (bytes: number) => void;
  /**
   * Called for each bad line, with an error that states its position, after
   * everything before that line has been delivered. A line is bad if it is not an
   * event or fails `checkRows`. The line is then skipped, and its data is lost.
   * Without this callback, the stream fails at such a line, and nothing is lost.
   * @default {none}
   */
  onBadLine?: (error: ProtocolError) => void;
  /**
   * The server's version, if known. If set, request types that this version does not
   * support are rejected before the request is sent. Without this check, a real server
   * that supports only some of the types responds with a stream that never ends.
   */
  serverVersion?: ServerVersion;
}

/**
 * Opens the sync stream: every change since this session's last acknowledged
 * change.
 *
 * Events arrive in the server's order, regardless of the order of `types`. Events
 * of unknown types keep their `type`, `data` and `ack`. The stream acknowledges
 * nothing: once the events are stored, call `syncAck`.
 *
 * The stream ends after `SyncCompleteV1`, or after `SyncResetV1`, which tells you
 * to start over. Any other end is an error, which is delivered after all complete
 * events. Canceling the stream or leaving the loop ends the request.
 *
 * Read without long pauses, because servers up to 3.1 keep unread data in
 * memory. Checkpoints belong to the session, so if two consumers share an
 * access token, neither receives the changes that the other has acknowledged;
 * see `createChildSession`.
 *
 * @throws {TypeError} If the session or an option is not valid.
 * @throws {RangeError} If a type is misspelled, or not supported by `serverVersion`.
 * @throws {AuthenticationError} If the session has ended.
 * @throws {HttpError} If the server responds with a status other than 200.
 * @throws {ConnectionError} If the connection fails, now or in the stream.
 * @throws {TimeoutError} If the idle timeout expires, now or in the stream.
 * @throws {TruncatedStreamError} In the stream, if it ends early.
 * @throws {ProtocolError} If the response is not a sync stream, or contains a bad
 * line.
 *
 * @example Read all changes
 * ```ts
 * import { login, syncAck, syncStream } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * server.library.addAsset({ originalFileName: "beach.jpg" });
 * const { baseUrl, fetch } = server;
 * const session = await login("demo@immich.test", "demo", { baseUrl, fetch });
 *
 * const names: string[] = [];
 * const acks: string[] = [];
 * for await (const event of await syncStream(session, ["AssetsV2"], { fetch })) {
 *   if (event.type === "AssetV2") names.push(event.data.originalFileName);
 *   acks.push(event.ack);
 * }
 * await syncAck(session, acks, { fetch });
 * assertEquals(names, ["beach.jpg"]);
 * ```
 */
export async function syncStream<const R extends SyncRequestType>(
  session: Session,
  types: readonly SyncRequestName<R>[],
  options: SyncStreamOptions = {},
): Promise<IterableStream<SyncEvent<R>>> {
  const { body, batches } = await open<R>(session, types, options);
  return toStream(body, batches);
}

/**
 * Opens the sync stream like {@linkcode syncStream}, but delivers events that
 * arrive together as one array, because reading them one by one would cost a
 * promise for each event.
 */
export async function syncStreamInArrays(
  session: Session,
  types: readonly SyncRequestType[],
  options: SyncStreamOptions,
): Promise<ReadableStream<SyncEvent[]>> {
  const { body, batches } = await open(session, types, options);
  async function* asItems() {
    for await (const events of batches) yield [events];
  }
  return toStream(body, asItems());
}

async function open<R extends SyncRequestType>(
  session: Session,
  types: readonly SyncRequestName<R>[],
  options: SyncStreamOptions,
) {
  checkCallOptions("open the sync stream", options, OWN_OPTIONS);
  const { reset = false, terminator = "required" } = options;
  const action = "read the sync stream";
  const credentials = checkSession(session);
  checkSyncTypes(types, options.serverVersion);
  checkStreamOptions("open the sync stream", options);
  checkChoice("open the sync stream", "terminator", terminator, [
    "required",
    "optional",
  ]);
  const { checkRows = false, maxLineBytes, onBytes, onBadLine } = options;
  const guard = new LineGuard({ action, maxLineBytes, onBadLine });
  const opened = await openResponse({
    ...credentials,
    action: "open the sync stream",
    method: "POST",
    path: "/api/sync/stream",
    headers: {
      accept: "application/jsonlines+json",
      ...acceptEncoding(credentials.baseUrl, options.compression),
    },
    body: { types: [...new Set(types)], ...(reset ? { reset } : {}) },
  }, options);

  await checkContentType(opened);
  const { response, watchdog } = opened;
  watchdog.action = action;
  const body = new BodyReader(toChunkReader(response.body), watchdog, onBytes);
  const events = readItems(body, guard, {
    // The request types determine the entity types.
    toItem: (value) => toSyncEvent(value) as SyncEvent<R> | undefined,
    problem: "is not a valid event",
    check: checkRows ? rowChecker() : undefined,
  });
  const batches = checkEnding(events, { body, guard, terminator });
  return { body, batches };
}

/**
 * Checks the options that a run passes on to each of its streams.
 *
 * @throws {RangeError} If an option is out of range.
 */
export function checkStreamOptions(
  action: string,
  { compression, maxLineBytes = 1 }: Pick<
    SyncStreamOptions,
    "compression" | "maxLineBytes"
  >,
): void {
  checkChoice(action, "compression", compression, [
    "identity",
    "gzip",
    "runtime",
  ]);
  checkMaxLineBytes(action, maxLineBytes);
}

/** Returns the headers that request the compression. */
function acceptEncoding(
  baseUrl: string,
  compression: SyncStreamOptions["compression"],
): Record<string, string> {
  const { hostname } = new URL(baseUrl);
  const encoding = compression ??
    (isPrivateHost(hostname) ? "identity" : "gzip");
  return encoding === "runtime" ? {} : { "accept-encoding": encoding };
}

async function checkContentType(
  { response, watchdog }: OpenResponse,
): Promise<void> {
  const contentType = response.headers.get("content-type");
  // Compatible servers and proxies replace "application/jsonlines+json" with
  // these types.
  const usable = /json|^text\/plain|^application\/octet-stream/i;
  if (contentType === null || usable.test(contentType)) return;
  const quoted = sanitize(contentType, watchdog.secrets, 100);
  const error = new ProtocolError(
    `Cannot open the sync stream: the server answered with "${quoted}" instead of JSON lines`,
  );
  watchdog.end(error);
  await discard(response);
  throw error;
}

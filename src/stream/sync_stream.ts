/**
 * The sync stream: one request, one stream of typed events.
 *
 * @module
 */
import {
  BodyReader,
  type CallOptions,
  checkCallOptions,
  checkSession,
  discard,
  isPrivateHost,
  normalizeBaseUrl,
  oneLine,
  type OpenResponse,
  openResponse,
  redact,
  type Session,
  toStream,
} from "../http/mod.ts";
import { ProtocolError } from "../errors/mod.ts";
import { untilEnd } from "./ending.ts";
import { readItems } from "./items.ts";
import { LineGuard } from "./line_guard.ts";
import {
  checkSyncTypes,
  type ServerVersion,
  type SyncEvent,
  type SyncRequestType,
} from "../protocol/mod.ts";
import { toSyncEvent } from "./event.ts";

/** Names of the options besides those of a call. */
const OWN_OPTIONS: readonly Exclude<
  keyof SyncStreamOptions,
  keyof CallOptions
>[] = [
  "compression",
  "maxLineBytes",
  "onBadLine",
  "onBytes",
  "reset",
  "serverVersion",
  "terminator",
];

/** Options of {@linkcode syncStream}. */
export interface SyncStreamOptions extends CallOptions {
  /**
   * Whether to start from zero: the whole library comes again. Wipe the copy
   * before the first event, a real server does not say when it begins.
   * @default {false}
   */
  reset?: boolean;
  /**
   * Longest line to accept, in bytes without its end.
   * @default {16777216}
   */
  maxLineBytes?: number;
  /**
   * What to ask the server for. `"identity"` is 3 to 4 times faster where the
   * network is fast, as the server is bound by its CPU; `"gzip"` is 6.7 times
   * smaller, but a small stream arrives only at its end (measured on 3.1.0);
   * `"runtime"` leaves it to the runtime, as browsers do anyway.
   * @default {"identity" for private hosts, "gzip" for public ones}
   */
  compression?: "identity" | "gzip" | "runtime";
  /**
   * Whether a stream has to say that it is whole. Servers before 1.141.0 do not:
   * with `"optional"`, the end of the body is the end.
   * @default {"required"}
   */
  terminator?: "required" | "optional";
  /**
   * Told how many bytes have arrived, after decompression, each time some do.
   * @default {none}
   */
  onBytes?: (bytes: number) => void;
  /**
   * Called for each line that is not an event, with its place, once everything
   * before it was delivered; the line is skipped, and its data is lost. Without
   * it, the stream fails at such a line, and nothing is lost.
   * @default {none}
   */
  onBadLine?: (error: ProtocolError) => void;
  /**
   * Version of the server, if known: request types that it is known to refuse
   * are then an error before the request. Such a type among others makes real
   * servers send a stream that never ends.
   */
  serverVersion?: ServerVersion;
}

/**
 * Opens the sync stream: everything that has changed since what this session
 * acknowledged, up to now.
 *
 * The events come in the server's order, whatever the order of `types`; an
 * event that this library does not know keeps its `type`, `data` and `ack`.
 * Nothing is acknowledged: that is what `syncAck` is for, once the events are
 * stored.
 *
 * The stream ends after `SyncCompleteV1`, whatever the server sends after it, or
 * after `SyncResetV1`, which means to start over. Anything else is a failure,
 * delivered after every whole event before it. To cancel the stream or to leave
 * the loop ends the request.
 *
 * Read without long pauses: servers up to 3.1 hold all that a slow reader has
 * not taken in memory. Checkpoints belong to the session: two consumers on one
 * access token steal each other's changes, see `createChildSession`.
 *
 * @throws {TypeError} If the session or an option cannot be used.
 * @throws {RangeError} If the server is known to refuse one of the types.
 * @throws {AuthenticationError} If the session is over.
 * @throws {HttpError} If the server answers with another status than 200.
 * @throws {ConnectionError} If the connection fails, now or in the stream.
 * @throws {TimeoutError} If the server stays silent, now or in the stream.
 * @throws {TruncatedStreamError} In the stream, if it ends too early.
 * @throws {ProtocolError} If this is no sync stream, or at a bad line in it.
 *
 * @example Reading what has changed
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
  types: readonly R[],
  options: SyncStreamOptions = {},
): Promise<ReadableStream<SyncEvent<R>>> {
  checkCallOptions("open the sync stream", options, OWN_OPTIONS);
  const { reset = false, terminator = "required" } = options;
  const action = "read the sync stream";
  checkSession(session);
  checkSyncTypes(types, options.serverVersion);
  checkChoice("compression", options.compression, [
    "identity",
    "gzip",
    "runtime",
  ]);
  checkChoice("terminator", options.terminator, ["required", "optional"]);
  const { maxLineBytes, onBytes, onBadLine } = options;
  const guard = new LineGuard({ action, maxLineBytes, onBadLine });
  const open = await openResponse({
    session,
    action: "open the sync stream",
    method: "POST",
    path: "/api/sync/stream",
    headers: {
      accept: "application/jsonlines+json",
      ...acceptEncoding(session, options.compression),
    },
    body: { types: [...new Set(types)], ...(reset ? { reset } : {}) },
  }, options);

  await checkContentType(open);
  const { response, watchdog } = open;
  watchdog.action = action;
  const body = new BodyReader(response.body, watchdog, onBytes);
  const events = readItems(body, guard, {
    // What a server sends follows from what it was asked.
    toItem: (value) => toSyncEvent(value) as SyncEvent<R> | undefined,
    problem: "is not an event in JSON",
  });
  return toStream(body, untilEnd(events, { body, guard, terminator }));
}

/** The headers that ask for the compression that suits the way to the server. */
function acceptEncoding(
  { baseUrl }: Session,
  compression: SyncStreamOptions["compression"],
): Record<string, string> {
  const { hostname } = new URL(normalizeBaseUrl(baseUrl));
  const encoding = compression ??
    (isPrivateHost(hostname) ? "identity" : "gzip");
  return encoding === "runtime" ? {} : { "accept-encoding": encoding };
}

async function checkContentType(
  { response, secrets, watchdog }: OpenResponse,
): Promise<void> {
  const contentType = response.headers.get("content-type");
  // What compatible servers and proxies make of "application/jsonlines+json".
  const usable = /json|^text\/plain|^application\/octet-stream/i;
  if (contentType === null || usable.test(contentType)) return;
  watchdog.release();
  await discard(response);
  const quoted = oneLine(redact(contentType, secrets), 100);
  throw new ProtocolError(
    `Cannot open the sync stream: the server answered with "${quoted}" where JSON lines were due`,
  );
}

function checkChoice(
  name: string,
  value: string | undefined,
  choices: readonly string[],
): void {
  if (value === undefined || choices.includes(value)) return;
  throw new RangeError(
    `Cannot open the sync stream: ${name} is "${value}", it must be one of "${
      choices.join('", "')
    }"`,
  );
}

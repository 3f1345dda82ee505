/** A scripted server on real sockets, with one response per connection. */
import { inTime } from "./events.ts";
import {
  type Answer,
  head,
  type RawServer,
  serveRaw,
  type Wire,
} from "./sockets.ts";

/** The responses to each kind of request, in order. */
export interface SocketScript {
  /** Responses to stream requests; further requests are refused. */
  streams: Answer[];
  /** Responses to ack requests; further requests are accepted. */
  acks?: Answer[];
  /**
   * Responses to requests to delete all acks; further requests are processed.
   */
  deletes?: Answer[];
  /** Responses to version requests; further requests get 3.1.0. */
  versions?: Answer[];
  /** The log of requests. */
  log?: string[];
}

/** A scripted server. */
export interface ScriptedServer extends RawServer {
  /**
   * The log of requests: "version", "stream" or "stream from the beginning",
   * "ack" and the acks, "forget". Tests may add their own entries.
   */
  log: string[];
  /** Resolves when every client has disconnected; fails if one does not. */
  freed(): Promise<void>;
}

/** Starts a scripted server. */
export async function serveScript(
  script: SocketScript,
): Promise<ScriptedServer> {
  const { streams, acks = [], deletes = [], versions = [], log = [] } = script;
  const gone: Promise<void>[] = [];

  function choose({ request }: Wire): Answer {
    const { route, body } = parse(request);
    switch (route) {
      case "POST /api/sync/stream":
        log.push(body.reset ? "stream from the beginning" : "stream");
        return streams.shift() ?? answer("410 Gone");
      case "POST /api/sync/ack":
        log.push(["ack", ...body.acks ?? []].join(" "));
        return acks.shift() ?? answer("204 No Content");
      case "DELETE /api/sync/ack":
        log.push("forget");
        return deletes.shift() ?? answer("204 No Content");
      default:
        log.push("version");
        return versions.shift() ?? answer("200 OK", VERSION);
    }
  }

  const server = await serveRaw(async (wire) => {
    gone.push(wire.gone);
    await choose(wire)(wire);
  });
  return {
    ...server,
    log,
    async freed() {
      const late = new Error("A client holds its connection");
      await inTime(Promise.all(gone), LONG_MS, late);
    },
  };
}

/** Long enough for immediate events, even on a slow machine. */
const LONG_MS = 10_000;

function parse(
  request: string,
): { route: string; body: { acks?: string[]; reset?: boolean } } {
  const [head = "", body = ""] = request.split("\r\n\r\n");
  const [method, path] = head.split(" ");
  return { route: `${method} ${path}`, body: JSON.parse(body || "{}") };
}

const VERSION = { body: '{"major":3,"minor":1,"patch":0}' };

/** A response's parts other than its status. */
export interface AnswerParts {
  headers?: Record<string, string>;
  body?: string;
}

/** Sends a complete response at once. */
export function answer(
  status: string,
  { headers = {}, body = "" }: AnswerParts = {},
): Answer {
  const type = body.startsWith("<") ? "text/html" : "application/json";
  return async (wire) => {
    await wire.write(
      head(status, { "content-type": type, ...headers }) + body,
    );
    wire.close();
  };
}

/** Reads the request, and closes the connection. */
export function hangUp({ close }: Wire): Promise<void> {
  return Promise.resolve(close());
}

/** Reads the request, but does not respond. */
export function stayingSilent(): Promise<void> {
  return Promise.resolve();
}

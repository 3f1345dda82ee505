/** A server by the script, on real sockets: one answer for each connection. */
import { inTime } from "./events.ts";
import {
  type Answer,
  head,
  type RawServer,
  serveRaw,
  type Wire,
} from "./sockets.ts";

/** The answers to each kind of request, one after the other. */
export interface SocketScript {
  /** To requests for a stream; who asks for more finds it gone. */
  streams: Answer[];
  /** To requests to acknowledge; then all of them are accepted. */
  acks?: Answer[];
  /** To requests to delete all acks; then they are carried out. */
  deletes?: Answer[];
  /** To requests for the version; then it is 3.1.0. */
  versions?: Answer[];
  /** Where it notes what it is asked. */
  log?: string[];
}

/** A server by the script. */
export interface ScriptedServer extends RawServer {
  /**
   * What it was asked, in this order: "version", "stream" or "stream from zero",
   * "ack" and the acks, "forget". A test adds what happens on its own side.
   */
  log: string[];
  /** Resolves when every client so far has gone; fails if one stays. */
  freed(): Promise<void>;
}

/** Starts a server by the script. */
export async function serveScript(
  script: SocketScript,
): Promise<ScriptedServer> {
  const { streams, acks = [], deletes = [], versions = [], log = [] } = script;
  const gone: Promise<void>[] = [];

  function choose({ request }: Wire): Answer {
    const { route, body } = parse(request);
    switch (route) {
      case "POST /api/sync/stream":
        log.push(body.reset ? "stream from zero" : "stream");
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

/** Long enough for what comes at once, on any machine. */
const LONG_MS = 10_000;

function parse(
  request: string,
): { route: string; body: { acks?: string[]; reset?: boolean } } {
  const [head = "", body = ""] = request.split("\r\n\r\n");
  const [method, path] = head.split(" ");
  return { route: `${method} ${path}`, body: JSON.parse(body || "{}") };
}

const VERSION = { body: '{"major":3,"minor":1,"patch":0}' };

/** What an answer holds besides its status. */
export interface AnswerParts {
  headers?: Record<string, string>;
  body?: string;
}

/** A whole answer, in one go. */
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

/** Reads the request, and says nothing. */
export function stayingSilent(): Promise<void> {
  return Promise.resolve();
}

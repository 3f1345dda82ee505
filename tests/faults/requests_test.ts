/** What happens to the other requests of a run, on real sockets. */
import { assertEquals } from "@std/assert";
import type { ImmichError, SyncOptions } from "../../mod.ts";
import {
  answer,
  hangUp,
  serveScript,
  type SocketScript,
} from "../support/socket_script.ts";
import type { Answer } from "../support/sockets.ts";
import { test } from "../support/test.ts";
import { run } from "./run.ts";
import { RESET, resume } from "./strike.ts";

/** What goes wrong with a request, and what a run does: it waits and asks again, or fails. */
interface Trouble {
  strike: Answer;
  /** How long it waits. */
  waitMs?: number;
  /** Code of the error that it fails with. */
  code?: ImmichError["code"];
}

const TROUBLES: Record<string, Trouble> = {
  // For an ack, this is one that was carried out and whose answer is lost.
  "is not answered before its connection is closed": {
    strike: hangUp,
    waitMs: 0,
  },
  "breaks with a reset of its connection": {
    strike: ({ reset }) => Promise.resolve(reset()),
    waitMs: 0,
  },
  "is cut in the head of its answer": {
    strike: async (wire) => {
      await wire.write("HTTP/1.1 20");
      wire.close();
    },
    waitMs: 0,
  },
  "is never answered": { strike: ({ gone }) => gone, waitMs: 0 },
  "is answered 429 with Retry-After": {
    strike: answer("429 Too Many Requests", {
      headers: { "retry-after": "7" },
    }),
    waitMs: 7000,
  },
  "is answered 500": {
    strike: answer("500 Internal Server Error"),
    waitMs: 0,
  },
  "is answered 503 with a page": {
    strike: answer("503 Service Unavailable", { body: "<p>503" }),
    waitMs: 0,
  },
  "is answered 400": { strike: answer("400 Bad Request"), code: "http" },
  "is answered 401": {
    strike: answer("401 Unauthorized"),
    code: "authentication",
  },
  "is answered 200 with a page": {
    strike: answer("200 OK", { body: "<p>Sign in" }),
    code: "protocol",
  },
};

/** A request of a run. */
interface Request {
  /** Its answers in the script. */
  of: "versions" | "acks" | "deletes";
  options: SyncOptions;
  /** Whether the first stream is a reset. */
  reset?: boolean;
  /** What both sides see up to the request, of it, and after it. */
  before: string[];
  request: string;
  after: string[];
  /** What is asked once more although the run fails. */
  last?: string[];
}

const EAGER = { batchSize: 1, ackEvery: 1 };
const LAZY = { ackEvery: false, ackIntervalMs: false } as const;
const KNOWN = { serverVersion: { major: 3, minor: 1, patch: 0 } };
const STORE_ALL = "store UserDeleteV1|1 UserDeleteV1|2 UserDeleteV1|3";
const ACK_ALL = "ack UserDeleteV1|3 SyncCompleteV1|9";

const REQUESTS: Record<string, Request> = {
  "the request for the version": {
    of: "versions",
    options: LAZY,
    before: [],
    request: "version",
    after: ["stream", STORE_ALL, ACK_ALL],
  },
  "the request to forget all acks": {
    of: "deletes",
    options: { ...LAZY, ...KNOWN, full: true },
    before: [],
    request: "forget",
    after: ["wipe", "stream from zero", STORE_ALL, ACK_ALL],
  },
  "an ack in the middle of a stream": {
    of: "acks",
    options: { ...EAGER, ...KNOWN },
    before: ["stream", "store UserDeleteV1|1"],
    request: "ack UserDeleteV1|1",
    after: [
      "stream",
      "store UserDeleteV1|2",
      "ack UserDeleteV1|2",
      "store UserDeleteV1|3",
      "ack UserDeleteV1|3",
      "ack SyncCompleteV1|9",
    ],
    // Whatever ends a run, what is stored should not come again.
    last: ["ack UserDeleteV1|1"],
  },
  "the last ack": {
    of: "acks",
    options: { ...LAZY, ...KNOWN },
    before: ["stream", STORE_ALL],
    request: ACK_ALL,
    after: [],
  },
  "the ack of a reset": {
    of: "acks",
    options: { ...LAZY, ...KNOWN },
    reset: true,
    before: ["stream", "wipe"],
    request: "ack SyncResetV1|reset",
    after: ["stream", STORE_ALL, ACK_ALL],
  },
};

for (const [who, request] of Object.entries(REQUESTS)) {
  for (const [what, trouble] of Object.entries(TROUBLES)) {
    const outcome = trouble.code === undefined
      ? "a run loses nothing"
      : `a run fails with "${trouble.code}"`;
    test(`if ${who} ${what}, ${outcome}`, () => assertCopes(request, trouble));
  }
}

async function assertCopes(request: Request, trouble: Trouble): Promise<void> {
  const { strike, code = null, waitMs } = trouble;
  const log: string[] = [];
  const streams = [resume(log), resume(log)];
  const script: SocketScript = {
    streams: request.reset ? [RESET, ...streams] : streams,
    // A refusal stands; everything else is over with the next attempt.
    [request.of]: code === null ? [strike] : [strike, strike],
    log,
  };
  await using server = await serveScript(script);
  const isSilent = trouble === TROUBLES["is never answered"];
  const outcome = await run(server, {
    ...request.options,
    ...(isSilent ? { idleTimeoutMs: 50 } : {}),
  });
  assertEquals(log, [
    ...request.before,
    request.request,
    ...(code === null
      ? [`wait ${waitMs}`, request.request, ...request.after]
      : request.last ?? []),
  ]);
  assertEquals(outcome.code, code);
  assertEquals(outcome.result?.complete, code === null ? true : undefined);
  await server.freed();
}

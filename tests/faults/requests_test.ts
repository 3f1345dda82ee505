/**
 * Faults in all of a run's requests except stream requests, on real sockets.
 */
import { assertEquals } from "@std/assert";
import type { ImmichError, SyncOptions } from "../../mod.ts";
import {
  answer,
  hangUp,
  serveScript,
  type SocketScript,
} from "../support/socket_script.ts";
import { Clock } from "../support/clock.ts";
import { later } from "../support/events.ts";
import { type Timed, timed } from "../support/timeouts.ts";
import { type Answer, chunk, head } from "../support/sockets.ts";
import { test } from "../support/test.ts";
import { run } from "./run.ts";
import { RESET, resume } from "./wire_faults.ts";

/** A faulty response, and what the run does: wait and retry, or fail. */
interface RequestFault {
  cause: Answer;
  /** Whether only a timeout ends the request. */
  silent?: boolean;
  /** How long the run waits before it retries. */
  waitMs?: number;
  /** Code of the run's error, if the run fails. */
  code?: ImmichError["code"];
}

const OPEN_BODY = head("200 OK", {
  "transfer-encoding": "chunked",
  "connection": "keep-alive",
}) +
  chunk("{");

const REQUEST_FAULTS: Record<string, RequestFault> = {
  // If this is an ack request, the server has processed it, but the response is
  // lost.
  "its connection is closed": {
    cause: hangUp,
    waitMs: 0,
  },
  "its connection is reset": {
    cause: ({ reset }) => Promise.resolve(reset()),
    waitMs: 0,
  },
  "the response head is truncated": {
    cause: async (wire) => {
      await wire.write("HTTP/1.1 20");
      wire.close();
    },
    waitMs: 0,
  },
  "no response arrives": {
    cause: ({ gone }) => gone,
    silent: true,
    waitMs: 0,
  },
  "the response is a 429 with Retry-After": {
    cause: answer("429 Too Many Requests", {
      headers: { "retry-after": "7" },
    }),
    waitMs: 7000,
  },
  "the response is a 500": {
    cause: answer("500 Internal Server Error"),
    waitMs: 0,
  },
  "the response is a 503 with an HTML page": {
    cause: answer("503 Service Unavailable", { body: "<p>503" }),
    waitMs: 0,
  },
  "the response is a 400": { cause: answer("400 Bad Request"), code: "http" },
  "the response is a 401": {
    cause: answer("401 Unauthorized"),
    code: "authentication",
  },
  "the response is a 200 with an HTML page": {
    cause: answer("200 OK", { body: "<p>Sign in" }),
    code: "protocol",
  },
};

/**
 * Faults in a response's body. A caller that ignores the body is not affected.
 */
const BODY_FAULTS: Record<string, RequestFault> = {
  "the response body is truncated": {
    cause: async (wire) => {
      await wire.write(OPEN_BODY);
      wire.close();
    },
    waitMs: 0,
  },
  "the response never ends": {
    cause: async (wire) => {
      await wire.write(OPEN_BODY);
      await wire.gone;
    },
    silent: true,
    waitMs: 0,
  },
};

/** A request in a run. */
interface Request {
  /** The script's list of responses to this request. */
  of: "versions" | "acks" | "deletes";
  options: SyncOptions;
  /** Whether the first stream is a reset. */
  reset?: boolean;
  /**
   * The log in order: entries before the request, the request's own entry,
   * entries that appear only after a retry, and entries after the request.
   */
  before: string[];
  request: string;
  again?: string[];
  after: string[];
}

const ACK_EACH = { batchSize: 1, ack: { every: 1 } };
const ACK_AT_END = { ack: { every: false, intervalMs: false } } as const;
const KNOWN_VERSION = { serverVersion: { major: 3, minor: 1, patch: 0 } };
const STORE_ALL = "store UserDeleteV1|1 UserDeleteV1|2 UserDeleteV1|3";
const ACK_ALL = "ack UserDeleteV1|3 SyncCompleteV1|9";

const REQUESTS: Record<string, Request> = {
  "the version request": {
    of: "versions",
    options: ACK_AT_END,
    before: [],
    request: "version",
    after: ["stream", STORE_ALL, ACK_ALL],
  },
  "the checkpoint deletion": {
    of: "deletes",
    options: { ...ACK_AT_END, ...KNOWN_VERSION, full: true },
    before: [],
    request: "forget",
    after: ["wipe", "stream from the beginning", STORE_ALL, ACK_ALL],
  },
  "an ack during a stream": {
    of: "acks",
    options: { ...ACK_EACH, ...KNOWN_VERSION },
    before: ["stream", "store UserDeleteV1|1"],
    request: "ack UserDeleteV1|1",
    again: ["stream"],
    after: [
      "store UserDeleteV1|2",
      "ack UserDeleteV1|2",
      "store UserDeleteV1|3",
      "ack UserDeleteV1|3",
      "ack SyncCompleteV1|9",
    ],
  },
  "the last ack": {
    of: "acks",
    options: { ...ACK_AT_END, ...KNOWN_VERSION },
    before: ["stream", STORE_ALL],
    request: ACK_ALL,
    after: [],
  },
  "the ack for a reset": {
    of: "acks",
    options: { ...ACK_AT_END, ...KNOWN_VERSION },
    reset: true,
    before: ["stream", "wipe"],
    request: "ack SyncResetV1|reset",
    after: ["stream", STORE_ALL, ACK_ALL],
  },
};

for (const [who, request] of Object.entries(REQUESTS)) {
  for (const [what, fault] of Object.entries(REQUEST_FAULTS)) {
    const { code } = fault;
    const does = code === undefined
      ? "is sent again"
      : `fails with code "${code}"`;
    test(`${who} ${does} if ${what}`, async () => {
      await assertRuns(request, fault, logOf(request, fault));
    });
  }
  for (const [what, fault] of Object.entries(BODY_FAULTS)) {
    const isRead = request.of === "versions";
    const does = isRead ? "is sent again" : "succeeds";
    test(`${who} ${does} if ${what}`, async () => {
      await assertRuns(
        request,
        // A caller that ignores the body does not wait for it.
        isRead ? fault : { ...fault, silent: false },
        isRead ? logOf(request, fault) : undisturbedLogOf(request),
      );
    });
  }
}

/** Returns the log of a run with the fault. */
function logOf(request: Request, { code, waitMs }: RequestFault): string[] {
  const { before, request: line, again = [], after } = request;
  return code === undefined
    ? [...before, line, `wait ${waitMs}`, line, ...again, ...after]
    : [...before, line];
}

/** Returns the log of a run without the fault. */
function undisturbedLogOf({ before, request, after }: Request): string[] {
  return [...before, request, ...after];
}

const KINDS = {
  versions: "serverVersion",
  acks: "syncAck",
  deletes: "deleteSyncAcks",
} satisfies Record<Request["of"], Timed["kind"]>;

async function assertRuns(
  request: Request,
  { cause, silent = false, code }: RequestFault,
  expected: string[],
): Promise<void> {
  const log: string[] = [];
  const streams = [resume(log), resume(log)];
  const { promise: asked, resolve } = later();
  const faultyAnswer: Answer = async (wire) => {
    resolve();
    await cause(wire);
  };
  const script: SocketScript = {
    streams: request.reset ? [RESET, ...streams] : streams,
    // A rejected request fails again; any other fault ends with the retry.
    [request.of]: code === undefined
      ? [faultyAnswer]
      : [faultyAnswer, faultyAnswer],
    log,
  };
  await using server = await serveScript(script);
  using clock = new Clock();
  const source = timed({ kind: KINDS[request.of] });
  const running = run(server, { ...request.options, source });
  if (silent) {
    await Promise.race([asked, running]);
    await clock.passUntil(running);
  }
  const outcome = await running;
  assertEquals(log, expected);
  assertEquals(outcome.code, code ?? null);
  assertEquals(outcome.result?.complete, code === undefined ? true : undefined);
  await server.freed();
}

/** Sends the faults in the table over a socket. */
import { answer, hangUp } from "../support/socket_script.ts";
import { type Answer, head, type Wire } from "../support/sockets.ts";
import type { BodyFault, Fault, HeadFault, Phase } from "./table.ts";

const JSON_LINES = { "content-type": "application/jsonlines+json" };
const UNTIL_CLOSE = head("200 OK", JSON_LINES);
const CHUNKED = { ...JSON_LINES, "transfer-encoding": "chunked" };

/** The rows in the stream; each contains a two-byte character. */
export const ROWS: readonly string[] = [1, 2, 3].map((id) =>
  `{"type":"UserDeleteV1","data":{"userId":"ä${id}"},"ack":"UserDeleteV1|${id}"}\n`
);
const COMPLETE =
  '{"type":"SyncCompleteV1","data":{},"ack":"SyncCompleteV1|9"}\n';
const BODY = ROWS.join("") + COMPLETE;

/**
 * Number of body bytes sent before the fault; `null` if not even the head was
 * sent.
 */
const OFFSETS: Record<Phase, number | null> = {
  "before the response head": null,
  "after the response head": 0,
  "after the first byte": 1,
  "within a line": toBytes(ROWS[0]!).length + 20,
  "within a character": toBytes(ROWS[0] + ROWS[1]!.split("ä")[0]!).length + 1,
  "between lines": toBytes(ROWS[0]! + ROWS[1]).length,
  "after SyncCompleteV1": toBytes(BODY).length,
};

/**
 * Returns the number of body bytes that arrive before a phase; `null` if not
 * even the head arrives.
 */
export function bytesBefore(phase: Phase): number | null {
  return OFFSETS[phase];
}

/** How the stream is framed, and the fault that follows. */
const BODY_FAULTS: Record<
  BodyFault,
  {
    chunked: boolean;
    /**
     * Whether to send `connection: keep-alive`. Without this header, Node
     * treats the end of the connection as the end of the body.
     */
    kept?: boolean;
    cause: (wire: Wire, rest: Uint8Array) => Promise<void>;
  }
> = {
  "the connection closes": { chunked: false, cause: hangUp },
  "a chunk is truncated": { chunked: true, kept: true, cause: hangUp },
  "the connection is reset": {
    chunked: true,
    kept: true,
    cause: ({ reset }) => Promise.resolve(reset()),
  },
  "the server stalls": { chunked: true, cause: ({ gone }) => gone },
  "the server sends single bytes": { chunked: true, cause: drip },
};

/** The response that replaces the stream; `null` if nothing is listening. */
const ANSWERS: Record<HeadFault, Answer | null> = {
  "the port is closed": null,
  "the response is a 401": answer("401 Unauthorized"),
  "the response is a 403": answer("403 Forbidden"),
  "the response is a 429 with Retry-After": answer("429 Too Many Requests", {
    headers: { "retry-after": "7" },
  }),
  "the response is a 500": answer("500 Internal Server Error"),
  "the response is a 502 with an HTML page": answer("502 Bad Gateway", {
    body: "<p>502",
  }),
  "the response is a 503": answer("503 Service Unavailable"),
  "the response is a 200 with an HTML page": answer("200 OK", {
    body: "<p>Sign in",
  }),
  "the response is a redirect": answer("302 Found", {
    headers: { location: "https://elsewhere.test/" },
  }),
};

/**
 * Returns a stream with a fault at a phase; `null` if nothing should be
 * listening.
 */
export function toFaultyAnswer(fault: Fault, phase: Phase): Answer | null {
  if (isHeadFault(fault)) return ANSWERS[fault];
  const { chunked, kept = false, cause } = BODY_FAULTS[fault];
  const connection = kept ? "keep-alive" : "close";
  // One chunk, with a declared size that covers the complete body, so that the
  // fault is within the chunk.
  const before = chunked
    ? `${head("200 OK", { ...CHUNKED, connection })}${
      toBytes(BODY).length.toString(16)
    }\r\n`
    : UNTIL_CLOSE;
  const bytes = toBytes(before + BODY + "\r\n0\r\n\r\n");
  const offset = OFFSETS[phase];
  const begin = offset === null ? 0 : before.length + offset;
  return async (wire) => {
    await wire.write(bytes.subarray(0, begin));
    await cause(wire, bytes.subarray(begin));
  };
}

/** A stream that consists of a reset. */
export const RESET: Answer = answer("200 OK", {
  headers: JSON_LINES,
  body: '{"type":"SyncResetV1","data":{},"ack":"SyncResetV1|reset"}\n',
});

/**
 * Returns what a server sends to a client that resumes: the unacknowledged rows
 * and the terminator.
 */
export function resume(log: readonly string[]): Answer {
  return async (wire) => {
    const acks = log.findLast((line) => line.startsWith("ack")) ?? "";
    const [, acked = "0"] = /UserDeleteV1\|(\d)/.exec(acks) ?? [];
    const rows = ROWS.slice(Number(acked));
    await wire.write(UNTIL_CLOSE + rows.join("") + COMPLETE);
    wire.close();
  };
}

async function drip(wire: Wire, rest: Uint8Array): Promise<void> {
  for (const byte of rest) await wire.write(new Uint8Array([byte]));
  wire.close();
}

/** Returns whether a fault replaces the stream with another response. */
export function isHeadFault(fault: Fault): fault is HeadFault {
  return Object.hasOwn(ANSWERS, fault);
}

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import fc from "fast-check";
import {
  ConnectionError,
  type Fetch,
  ProtocolError,
  type Session,
  syncStream,
  type SyncStreamOptions,
  TimeoutError,
  TruncatedStreamError,
} from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { Clock, HOUR_MS } from "../support/clock.ts";
import { turn, until } from "../support/events.ts";
import {
  answering,
  answeringLines,
  drain,
  recording,
  refusing,
  SESSION,
} from "../support/fetch.ts";
import { inspect } from "../support/inspect.ts";
import { assertProperty } from "../support/property.ts";
import { LONG_MS } from "../support/timeouts.ts";
import { test } from "../support/test.ts";
import { toChunks } from "../support/transcripts.ts";

const USER =
  '{"type":"UserDeleteV1","data":{"userId":"1"},"ack":"UserDeleteV1|1"}\n';
const COMPLETE =
  '{"type":"SyncCompleteV1","data":{},"ack":"SyncCompleteV1|2"}\n';
const RESET = '{"type":"SyncResetV1","data":{},"ack":"SyncResetV1|reset"}\n';

const encoder = new TextEncoder();

/**
 * Reads a body. Returns the types of its events, and the error that ended it,
 * if any.
 */
async function read(body: BodyInit, options: SyncStreamOptions = {}) {
  const fetch = answeringLines(body);
  const stream = await syncStream(SESSION, ["UsersV1"], { fetch, ...options });
  const { items, error } = await drain(stream);
  return { types: items.map((event) => event.type as string), error };
}

/** Creates a body that sends a string and then calls a function. */
function bodyThen(
  text: string,
  then: (controller: ReadableStreamDefaultController<Uint8Array>) => void,
) {
  let sent = false;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent) return then(controller);
      sent = true;
      controller.enqueue(encoder.encode(text));
    },
  }, { highWaterMark: 0 });
}

test("syncStream requests JSON lines with a POST that lists each request type once", async () => {
  const { fetch, requests } = recording(answeringLines(COMPLETE));
  const types = ["AssetsV2", "UsersV1", "AssetsV2"] as const;
  await drain(await syncStream(SESSION, types, { fetch }));
  const request = requests[0]!;
  assertEquals(request.method, "POST");
  assertEquals(request.url, "https://immich.test/api/sync/stream");
  assertEquals(request.headers.get("accept"), "application/jsonlines+json");
  assertEquals(await request.json(), { types: ["AssetsV2", "UsersV1"] });
});

test("syncStream sends reset: true only if requested", async () => {
  const { fetch, requests } = recording(answeringLines(COMPLETE));
  await drain(await syncStream(SESSION, ["UsersV1"], { fetch, reset: true }));
  assertEquals(await requests[0]!.json(), { types: ["UsersV1"], reset: true });
});

test(
  "syncStream requests gzip compression by default, but only from public hosts",
  async () => {
    const cases: [string, SyncStreamOptions["compression"], string | null][] = [
      ["http://192.168.1.2:2283", undefined, "identity"],
      ["https://immich.local", undefined, "identity"],
      ["https://photos.example.com", undefined, "gzip"],
      ["https://photos.example.com", "identity", "identity"],
      ["http://192.168.1.2:2283", "gzip", "gzip"],
      ["http://192.168.1.2:2283", "runtime", null],
    ];
    for (const [baseUrl, compression, expected] of cases) {
      const { fetch, requests } = recording(answeringLines(COMPLETE));
      const options = compression === undefined
        ? { fetch }
        : { fetch, compression };
      const session = { ...SESSION, baseUrl };
      await drain(await syncStream(session, ["UsersV1"], options));
      assertEquals(requests[0]!.headers.get("accept-encoding"), expected);
    }
  },
  { not: { browser: "browsers choose the compression" } },
);

test("a stream that ends with SyncCompleteV1 ends without an error", async () => {
  assertEquals(await read(USER + COMPLETE), {
    types: ["UserDeleteV1", "SyncCompleteV1"],
    error: undefined,
  });
});

test("events arrive unchanged at any chunk size, with LF or CRLF", async () => {
  const text = fc.string({ unit: "grapheme" });
  const event = fc.record({
    type: fc.constantFrom("UserV1", "ForkV9"),
    data: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.constant(null))),
    ack: text,
  });
  await assertProperty(
    fc.asyncProperty(
      fc.array(event),
      fc.constantFrom("\n", "\r\n"),
      fc.integer({ min: 1, max: 40 }),
      async (events, end, chunkSize) => {
        const lines = events.map((event) => JSON.stringify(event) + end).join(
          "",
        );
        const body = toChunks(encoder.encode(lines + COMPLETE), chunkSize);
        const fetch = answeringLines(body);
        const stream = await syncStream(SESSION, ["UsersV1"], { fetch });
        const { items, error } = await drain(stream);
        assertEquals(error, undefined);
        const sent = JSON.parse(JSON.stringify(events));
        assertEquals(items.slice(0, -1) as unknown[], sent);
      },
    ),
  );
});

test("a stream that ends with SyncResetV1 ends without an error", async () => {
  assertEquals(await read(RESET), { types: ["SyncResetV1"], error: undefined });
});

test("a stream with rows after a reset needs another terminator", async () => {
  assertEquals((await read(RESET + USER + COMPLETE)).error, undefined);
  for (const rest of [USER, USER.slice(0, 9)]) {
    const { error } = await read(RESET + rest);
    assertInstanceOf(error, TruncatedStreamError);
  }
});

test("a bad line after a reset causes an error at any chunk size", async () => {
  const options = { maxLineBytes: 100 };
  for (const bad of ["x", "x".repeat(101), '"\xff"']) {
    const bytes = Uint8Array.from(`${RESET}${bad}\n`, (c) => c.charCodeAt(0));
    for (const size of [1, 50, bytes.length]) {
      const { types, error } = await read(toChunks(bytes, size), options);
      assertEquals(types, ["SyncResetV1"]);
      assertInstanceOf(error, ProtocolError, `${bad.length}, ${size}`);
    }
  }
});

test("a bad line after a reset is ignored if bad lines are skipped", async () => {
  const options = { maxLineBytes: 100, onBadLine: () => {} };
  for (const bad of ["x", "x".repeat(101), "\xff"]) {
    const body = Uint8Array.from(`${RESET}${bad}\n`, (c) => c.charCodeAt(0));
    const expected = { types: ["SyncResetV1"], error: undefined };
    assertEquals(await read(body, options), expected);
  }
});

test("an interruption after a reset is ignored", async () => {
  const body = bodyThen(RESET, (controller) => controller.error(new Error()));
  assertEquals(await read(body), { types: ["SyncResetV1"], error: undefined });
});

test("an event of an unknown type is delivered", async () => {
  const fork = '{"type":"ForkV9","data":[1],"ack":"x"}\n';
  const fetch = answeringLines(fork + COMPLETE);
  const { items } = await drain(
    await syncStream(SESSION, ["UsersV1"], { fetch }),
  );
  assertEquals(items[0] as unknown, { type: "ForkV9", data: [1], ack: "x" });
});

test("a stream without a terminator fails after its last complete event", async () => {
  const body = encoder.encode(USER + USER + COMPLETE);
  for (let end = 0; end < body.length; end++) {
    const bytes = body.slice(0, end);
    const lines = bytes.filter((byte) => byte === 10).length;
    const { types, error } = await read(bytes);
    assertEquals(types.length, lines);
    assertInstanceOf(error, TruncatedStreamError);
    assertEquals([error.lines, error.bytes], [lines, end]);
  }
});

test("a truncation error says whether the stream ended within a line", async () => {
  const inLine = await read(USER + "{");
  assertEquals(
    String(inLine.error),
    "TruncatedStreamError: Cannot read the sync stream: the body ended in the middle of line 2",
  );
  const between = await read(USER);
  assertEquals(
    String(between.error),
    "TruncatedStreamError: Cannot read the sync stream: the body ended after line 1 without SyncCompleteV1",
  );
});

test("a stream with an optional terminator may end after, but not within, a line", async () => {
  const terminator = "optional";
  assertEquals((await read(USER, { terminator })).error, undefined);
  assertEquals((await read("", { terminator })).error, undefined);
  const { types, error } = await read(USER + "{", { terminator });
  assertEquals(types, ["UserDeleteV1"]);
  assertInstanceOf(error, TruncatedStreamError);
});

test("an interruption is reported after all events that precede it", async () => {
  const cause = new Error("reset by peer");
  const body = bodyThen(USER + '{"ty', (controller) => controller.error(cause));
  const { types, error } = await read(body);
  assertEquals(types, ["UserDeleteV1"]);
  assertInstanceOf(error, ConnectionError);
  assertEquals(error.cause, cause);
});

test("a stall is reported only after all events that precede it", async () => {
  using clock = new Clock();
  const fetch = answeringLines(bodyThen(USER, () => {}));
  const options = { fetch, idleTimeoutMs: 2 * HOUR_MS };
  const stream = await syncStream(SESSION, ["UsersV1"], options);
  const reader = stream.getReader();
  const { value } = await reader.read();
  assertEquals(value?.type as string, "UserDeleteV1");
  const end = reader.read().catch((error) => error);
  await clock.passUntil(end);
  const error = await end;
  assertInstanceOf(error, TimeoutError);
  assertEquals(
    error.message,
    "Cannot read the sync stream: the server was silent for 7200000 ms",
  );
});

test("a server that never sends a response head causes a TimeoutError", async () => {
  const fetch = () => new Promise<Response>(() => {});
  await assertRejects(
    () => syncStream(SESSION, ["UsersV1"], { fetch, idleTimeoutMs: 20 }),
    TimeoutError,
    "Cannot open the sync stream: the server was silent for 20 ms",
  );
});

test("a slow consumer of a stream does not cause a TimeoutError", async () => {
  const bytes = encoder.encode(USER.repeat(5) + COMPLETE);
  const fetch = answeringLines(toChunks(bytes, USER.length));
  using clock = new Clock();
  const options = { fetch, idleTimeoutMs: 2 * HOUR_MS };
  let count = 0;
  for await (const _ of await syncStream(SESSION, ["UsersV1"], options)) {
    await clock.pass(3 * HOUR_MS);
    count++;
  }
  assertEquals(count, 6);
});

/** What may follow SyncCompleteV1. */
const RESTS: Record<string, string> = {
  "more events": USER + RESET + USER,
  "another SyncCompleteV1": COMPLETE,
  "a line of bad JSON": "{bad\n" + USER,
  "a line that is not an event": "[]\n" + USER,
  "a line that is too long": "x".repeat(600) + "\n" + USER,
  "a line that is too long and never ends": "x".repeat(600),
  "a line of invalid UTF-8": "\xff\n" + USER,
  "half a line": USER.slice(0, 20),
};

for (const [name, rest] of Object.entries(RESTS)) {
  test(`a stream is complete after SyncCompleteV1 and ignores ${name}`, async () => {
    const body = Uint8Array.from(
      USER + COMPLETE + rest,
      (character) => character.charCodeAt(0),
    );
    for (const size of [1, 10, USER.length, body.length]) {
      let bytes = 0;
      const bad: string[] = [];
      const onBytes = (count: number) => void (bytes += count);
      const onBadLine = ({ message }: Error) => void bad.push(message);
      const complete = {
        types: ["UserDeleteV1", "SyncCompleteV1"],
        error: undefined,
      };
      for (const skip of [{}, { onBadLine }]) {
        const options = { maxLineBytes: 500, onBytes, ...skip };
        assertEquals(await read(toChunks(body, size), options), complete);
      }
      assertEquals([bytes, bad], [2 * body.length, []]);
    }
  });
}

test("an interruption after SyncCompleteV1 is ignored", async () => {
  const text = USER + COMPLETE;
  const body = bodyThen(text, (controller) => controller.error(new Error()));
  const { types, error } = await read(body);
  assertEquals([types.length, error], [2, undefined]);
});

test("a body that continues after the terminator is canceled even if nothing reads it", async () => {
  let isCanceled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(COMPLETE)),
    async pull(controller) {
      await turn();
      controller.enqueue(encoder.encode(USER));
    },
    cancel: () => {
      isCanceled = true;
    },
  });
  let signal: AbortSignal | null | undefined;
  const fetch: Fetch = (_url, init) => {
    signal = init.signal;
    return Promise.resolve(new Response(body));
  };
  const stream = await syncStream(SESSION, ["UsersV1"], { fetch });
  const reader = stream.getReader();
  assertEquals((await reader.read()).value?.type as string, "SyncCompleteV1");
  await until(() => signal?.aborted ?? false, "the request is aborted");
  assertEquals((await reader.read()).done, true);
  await until(() => isCanceled, "the body is canceled");
  // This ends the pending read of the body.
  await turn();
});

test("a body that stays open after the terminator is closed after a grace period", async () => {
  const started = performance.now();
  const body = bodyThen(USER + COMPLETE, () => {});
  // Only the grace period can end the body.
  const { types, error } = await read(body, { idleTimeoutMs: false });
  assertEquals([types.length, error], [2, undefined]);
  // The grace period is one second.
  assert(performance.now() - started < LONG_MS);
});

test("a terminator that is read after the idle timeout still ends the stream", async () => {
  const fetch = answeringLines(bodyThen(USER.repeat(40) + COMPLETE, () => {}));
  using clock = new Clock();
  const options = { fetch, idleTimeoutMs: 2 * HOUR_MS };
  let count = 0;
  for await (const _ of await syncStream(SESSION, ["UsersV1"], options)) {
    if (count++ > 0) continue;
    await until(() => clock.timers > 0, "it waits for more");
    await clock.pass(2 * HOUR_MS);
  }
  assertEquals([count, clock.timers], [41, 0]);
});

test("a bad line is reported with its position, but without its text", async () => {
  const bad: Record<string, string> = {
    "secret no JSON\n": "is not a valid event",
    '{"secret":1}\n': "is not a valid event",
    '{"type":"UserV1","data":null,"ack":"secret"}\n': "is not a valid event",
    [`${"secret".repeat(100)}\n`]: "is longer than 500 bytes",
  };
  for (const [line, problem] of Object.entries(bad)) {
    const { types, error } = await read(USER + line + COMPLETE, {
      maxLineBytes: 500,
    });
    assertEquals(types, ["UserDeleteV1"]);
    assertInstanceOf(error, ProtocolError);
    assertEquals(
      error.message,
      `Cannot read the sync stream: line 2 at byte ${USER.length} ${problem}`,
    );
    assert(!inspect(error).includes("secret"));
  }
});

test("a stream with onBadLine continues after bad lines", async () => {
  const bad: string[] = [];
  const onBadLine = ({ message }: Error) => bad.push(message);
  const body = USER + "secret\n" + USER + `${"x".repeat(600)}\n` + COMPLETE;
  const { types, error } = await read(body, { onBadLine, maxLineBytes: 500 });
  assertEquals(types, ["UserDeleteV1", "UserDeleteV1", "SyncCompleteV1"]);
  assertEquals(error, undefined);
  const lines = bad.map((message) => /line (\d+)/.exec(message)?.[1]);
  assertEquals(lines, ["2", "4"]);
});

test("syncStream reports the number of received bytes", async () => {
  let bytes = 0;
  await read(USER + COMPLETE, { onBytes: (count) => bytes += count });
  assertEquals(bytes, encoder.encode(USER + COMPLETE).length);
});

test("an abort ends a stream within one event and rejects with the abort reason", async () => {
  const controller = new AbortController();
  const reason = new Error("changed my mind");
  const fetch = answeringLines(USER.repeat(1000) + COMPLETE);
  const { signal } = controller;
  const stream = await syncStream(SESSION, ["UsersV1"], { fetch, signal });
  let count = 0;
  const error = await (async () => {
    for await (const _ of stream) if (++count === 3) controller.abort(reason);
  })().catch((error) => error);
  assertEquals(error, reason);
  assertEquals(count, 3);
});

test("an abort before the response head rejects with the signal's reason", async () => {
  const controller = new AbortController();
  const fetch = () => new Promise<Response>(() => {});
  const { signal } = controller;
  const call = syncStream(SESSION, ["UsersV1"], { fetch, signal });
  controller.abort("enough");
  assertEquals(await call.catch((error) => error), "enough");
});

test("a stream that is not JSON lines is rejected and its body canceled", async () => {
  let canceled = 0;
  for (const type of ["text/html", "image/png"]) {
    const body = new ReadableStream({
      cancel: () => {
        canceled++;
      },
    });
    const headers = { "content-type": type };
    const fetch = answering(() => new Response(body, { headers }));
    await assertRejects(
      () => syncStream(SESSION, ["UsersV1"], { fetch }),
      ProtocolError,
      "Cannot open the sync stream: the server answered with",
    );
  }
  assertEquals(canceled, 2);
});

test("compatible servers' content types for JSON lines are accepted", async () => {
  const types = [
    "application/x-ndjson",
    "application/json",
    "text/plain",
    "application/octet-stream",
    "",
  ];
  for (const type of types) {
    const headers: HeadersInit = type === "" ? {} : { "content-type": type };
    const fetch = answering(() =>
      new Response(encoder.encode(COMPLETE), { headers })
    );
    const { items } = await drain(
      await syncStream(SESSION, ["UsersV1"], { fetch }),
    );
    assertEquals(items.length, 1, type);
  }
});

test("a stream response without a body causes a truncation error", async () => {
  const fetch = answering(() => new Response(null));
  const stream = await syncStream(SESSION, ["UsersV1"], { fetch });
  assertInstanceOf((await drain(stream)).error, TruncatedStreamError);
});

test("syncStream rejects a request type that serverVersion does not support", async () => {
  const serverVersion = { major: 3, minor: 1, patch: 0 };
  await assertRejects(
    () => syncStream(SESSION, ["AssetsV1"], { fetch: refusing, serverVersion }),
    RangeError,
    'does not support "AssetsV1"; use "AssetsV2"',
  );
});

test("syncStream rejects an invalid option before the request", async () => {
  const options: [object, string][] = [
    [
      { maxLineBytes: 0 },
      "maxLineBytes must be a positive integer, received 0",
    ],
    [
      { maxLineBytes: 1.5 },
      "maxLineBytes must be a positive integer, received 1.5",
    ],
    [
      { maxLineBytes: NaN },
      "maxLineBytes must be a positive integer, received NaN",
    ],
    [
      { compression: "br" },
      'compression must be "identity" or "gzip" or "runtime", received "br"',
    ],
    [
      { terminator: "no" },
      'terminator must be "required" or "optional", received "no"',
    ],
    [
      { idleTimeoutMs: 0 },
      "idleTimeoutMs must be a number from 1 to 2147483647 or false, received 0",
    ],
  ];
  for (const [option, message] of options) {
    await assertRejects(
      () => syncStream(SESSION, ["UsersV1"], { fetch: refusing, ...option }),
      RangeError,
      message,
    );
  }
  await assertRejects(
    () => syncStream(SESSION, [], { fetch: refusing }),
    RangeError,
  );
  await assertRejects(
    () => syncStream({} as Session, ["UsersV1"], { fetch: refusing }),
    TypeError,
  );
});

test("a retired request type causes a TimeoutError if requested with other types", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  const session = server.createSession();
  const types = ["AuthUsersV1", "AssetsV1"] as const;
  using clock = new Clock();
  const options = { fetch, idleTimeoutMs: 2 * HOUR_MS };
  const stream = await syncStream(session, types, options);
  const reader = stream.getReader();
  const { value } = await reader.read();
  assertEquals(value?.type as string, "AuthUserV1");
  const end = reader.read().catch((error) => error);
  await clock.passUntil(end);
  assertInstanceOf(await end, TimeoutError);
});

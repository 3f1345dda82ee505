/** The trace events of requests. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  authorize,
  callback,
  type CallOptions,
  createChildSession,
  currentUser,
  deleteSyncAcks,
  discover,
  type Fetch,
  getSyncAcks,
  keepSession,
  login,
  logout,
  request,
  serverVersion,
  syncAck,
  syncStream,
  type TraceEvent,
} from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import {
  answering,
  answeringJson,
  answeringLines,
  drain,
  SESSION,
} from "../support/fetch.ts";
import { turn } from "../support/events.ts";
import { memoryStore } from "../support/kept.ts";
import { test } from "../support/test.ts";

/** Runs a call, and returns its events. Ignores the call's error. */
async function traced(
  call: (options: CallOptions) => Promise<unknown>,
  options: CallOptions = {},
): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  await call({ ...options, onTrace: (event) => events.push(event) })
    .catch(() => {});
  return events;
}

/** Checks and removes the properties that vary: the id and the durations. */
function stable(events: TraceEvent[]): object[] {
  const ids = new Set(
    events.map((event) => "requestId" in event && event.requestId),
  );
  assertEquals(ids.size, 1);
  assertMatch(String([...ids][0]), /^[0-9a-f]{16}$/);
  return events.map((event) => {
    const { requestId: _, durationMs, ...rest }: Record<string, unknown> =
      event;
    const isTimed = event.type !== "request";
    assert(isTimed ? Number(durationMs) >= 0 : durationMs === undefined);
    return rest;
  });
}

const VERSION = { major: 3, minor: 1, patch: 0 };
const version = (options: CallOptions) => serverVersion(SESSION, options);
const SENT = {
  type: "request",
  method: "GET",
  origin: "https://immich.test",
  path: "/api/server/version",
};

test("a request is traced from its start to the end of the response body", async () => {
  const events = await traced(version, { fetch: answeringJson(VERSION) });
  assertEquals(stable(events), [
    SENT,
    { type: "response", status: 200 },
    { type: "end", bytes: JSON.stringify(VERSION).length },
  ]);
});

test("the events of a request are plain JSON", async () => {
  const events = await traced(version, { fetch: answeringJson(VERSION) });
  assertEquals(JSON.parse(JSON.stringify(events)), events);
});

/** A failure → a `fetch` that causes it, and the events after the request. */
const FAILURES: Record<string, [Fetch, object[]]> = {
  "a failed connection": [
    () => Promise.reject(new TypeError("refused")),
    [{ type: "error", code: "connection" }],
  ],
  "a status": [
    answering(() => new Response("busy", { status: 503 })),
    [
      { type: "response", status: 503 },
      { type: "error", code: "http", status: 503 },
    ],
  ],
  "a 401": [
    answering(() => Response.json({ message: "no" }, { status: 401 })),
    [
      { type: "response", status: 401 },
      { type: "error", code: "authentication", status: 401 },
    ],
  ],
  "a redirect": [
    answering(() => Response.redirect("https://other.example/", 302)),
    [
      { type: "response", status: 302 },
      { type: "error", code: "http", status: 302 },
    ],
  ],
  "a page": [
    answering(() =>
      new Response("<html>", { headers: { "content-type": "text/html" } })
    ),
    [
      { type: "response", status: 200 },
      { type: "error", code: "protocol", status: 200 },
    ],
  ],
  "text": [
    answering(() => new Response("no")),
    [
      { type: "response", status: 200 },
      { type: "error", code: "protocol", status: 200 },
    ],
  ],
  "other JSON": [
    answeringJson({ major: "3" }),
    [
      { type: "response", status: 200 },
      { type: "error", code: "protocol", status: 200 },
    ],
  ],
  "an interrupted body": [
    answering(() => {
      const error = new Error("broken");
      const pull = (controller: ReadableStreamDefaultController) =>
        controller.error(error);
      return new Response(new ReadableStream({ pull }));
    }),
    [
      { type: "response", status: 200 },
      { type: "error", code: "connection", status: 200 },
    ],
  ],
};

for (const [name, [fetch, expected]] of Object.entries(FAILURES)) {
  test(`a call that fails with ${name} is traced with its error code`, async () => {
    assertEquals(stable(await traced(version, { fetch })), [SENT, ...expected]);
  });
}

test('a request to a silent server is traced with "idle_timeout"', async () => {
  const fetch = () => new Promise<never>(() => {});
  const events = await traced(version, { fetch, idleTimeoutMs: 10 });
  assertEquals(stable(events), [SENT, { type: "error", code: "idle_timeout" }]);
});

test('an aborted call is traced with "aborted"', async () => {
  const controller = new AbortController();
  const fetch = () => {
    controller.abort();
    return new Promise<never>(() => {});
  };
  const { signal } = controller;
  const events = await traced(version, { fetch, signal });
  assertEquals(stable(events), [SENT, { type: "error", code: "aborted" }]);
});

test("a stream's trace ends when the stream ends, fails, is canceled or is aborted", async () => {
  const row = '{"type":"UserV1","data":{"id":"1"},"ack":"UserV1|1"}\n';
  const done = '{"type":"SyncCompleteV1","data":{},"ack":"SyncCompleteV1|1"}\n';
  const open = (options: CallOptions) =>
    syncStream(SESSION, ["UsersV1"], options);
  const read = async (options: CallOptions) => await drain(await open(options));
  const endOf = async (
    call: (options: CallOptions) => Promise<unknown>,
    body: string,
  ) => stable(await traced(call, { fetch: answeringLines(body) })).at(-1);

  const bytes = row.length + done.length;
  assertEquals(await endOf(read, row + done), { type: "end", bytes });
  const failed = (code: string) => ({ type: "error", code, status: 200 });
  assertEquals(await endOf(read, row), failed("truncated"));
  assertEquals(await endOf(read, "bad\n"), failed("protocol"));
  const leave = async (options: CallOptions) => (await open(options)).cancel();
  assertEquals(await endOf(leave, row), { type: "end", bytes: 0 });
  const abort = async (options: CallOptions) => {
    const controller = new AbortController();
    const { signal } = controller;
    const stream = await open({ ...options, signal });
    controller.abort();
    await drain(stream);
  };
  assertEquals(await endOf(abort, row), failed("aborted"));
});

test("a stream that is aborted during a read is traced with exactly one end", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const fetch = answering(() => new Response(new ReadableStream()));
  const events = await traced(async (options) => {
    const stream = await syncStream(SESSION, ["UsersV1"], options);
    const read = drain(stream);
    await turn();
    controller.abort();
    await read;
    await turn();
  }, { fetch, signal });
  const types = events.map(({ type }) => type);
  assertEquals(types, ["request", "response", "error"]);
});

test('a response that is not a stream is traced with "protocol"', async () => {
  const headers = { "content-type": "image/png" };
  const fetch = answering(() => new Response("", { headers }));
  const open = (options: CallOptions) =>
    syncStream(SESSION, ["UsersV1"], options);
  const code = { type: "error", code: "protocol", status: 200 };
  assertEquals(stable(await traced(open, { fetch })).at(-1), code);
});

test("a trace contains a request's path, but not its query", async () => {
  const fetch = answering(() => new Response("12345"));
  const get = async (options: CallOptions) => {
    const path = "/assets/1/thumbnail?size=preview&key=abc";
    await (await request(SESSION, path, options)).text();
  };
  assertEquals(stable(await traced(get, { fetch })), [
    { ...SENT, path: "/api/assets/1/thumbnail" },
    { type: "response", status: 200 },
    { type: "end", bytes: 5 },
  ]);
});

test("a trace does not contain the path of the server's address", async () => {
  const server = { baseUrl: "https://nas.test:8443/hidden/api" };
  const call = (options: CallOptions) => serverVersion(server, options);
  const [event] = await traced(call, { fetch: answeringJson(VERSION) });
  assert(event?.type === "request");
  assertEquals(event.origin, "https://nas.test:8443");
  assertEquals(event.path, "/api/server/version");
});

test("an ack request is traced with its number of acks", async () => {
  const fetch = answering(() => new Response(null, { status: 204 }));
  const ack = (options: CallOptions) =>
    syncAck(SESSION, ["UserV1|1", "AssetV2|1", "UserV1|2"], options);
  assertEquals(stable(await traced(ack, { fetch })), [
    { ...SENT, method: "POST", path: "/api/sync/ack" },
    { type: "response", status: 204 },
    { type: "end", bytes: 0 },
    { type: "ack", acks: 2 },
  ]);
});

test("an ack request that fails is not traced as an ack", async () => {
  const fetch = answering(() => new Response(null, { status: 500 }));
  const ack = (options: CallOptions) => syncAck(SESSION, ["UserV1|1"], options);
  const events = await traced(ack, { fetch });
  assertEquals(events.map(({ type }) => type), [
    "request",
    "response",
    "error",
  ]);
});

test("every call is traced, and each request ends exactly once", async () => {
  const server = new FakeImmich();
  const { baseUrl, fetch } = server;
  const events: TraceEvent[] = [];
  const options = { fetch, onTrace: (event: TraceEvent) => events.push(event) };
  const session = await login("demo@immich.test", "demo", {
    baseUrl,
    ...options,
  });
  const redirectUri = "https://app.example/callback";
  const { url, context } = await authorize(redirectUri, {
    baseUrl,
    ...options,
  });
  const provider = await fetch(url, { redirect: "manual" });
  await callback(provider.headers.get("location")!, context, options);
  const child = await createChildSession(session, options);
  await currentUser(session, options);
  await serverVersion(session, options);
  await discover(baseUrl, options);
  await getSyncAcks(session, options);
  await syncAck(session, ["UserV1|1"], options).catch(() => {});
  await deleteSyncAcks(session, options);
  await drain(await syncStream(session, ["UsersV1"], options));
  await (await request(session, "/sessions", options)).json();
  await logout(child, options);
  const kept = { ...options, settleMs: 0 };
  await keepSession(memoryStore(), () => session, kept).get();

  const seen = server.requests.filter(({ path }) => !/^\/provider/.test(path));
  const sent = events.filter((event) => event.type === "request");
  assertEquals(
    sent.map(({ method, path }) => `${method} ${path}`),
    seen.map(({ method, path }) => `${method} ${path}`)
      .filter((request) => / \/(api|\.well-known)\//.test(request)),
  );
  for (const { requestId } of sent) {
    const types = events
      .filter((event) => "requestId" in event && event.requestId === requestId)
      .map(({ type }) => type);
    assertEquals(types.filter((type) => /^(end|error)$/.test(type)).length, 1);
    assertEquals(types.slice(0, 2), ["request", "response"]);
  }
  const ids = new Set(sent.map(({ requestId }) => requestId));
  assertEquals(ids.size, sent.length);
});

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { callEmpty, callJson, type CallOptions } from "../../src/http/call.ts";
import {
  type ClientRequest,
  createClient,
  type Fetch,
} from "../../src/http/client.ts";
import { ProtocolError, TimeoutError } from "../../src/errors/mod.ts";
import { isObject } from "../../src/http/json.ts";
import {
  answering,
  answeringJson,
  recording,
  refusing,
  SESSION,
} from "../support/fetch.ts";
import { test } from "../support/test.ts";

const CALL = {
  ...SESSION,
  action: "do it",
  method: "POST",
  path: "/api/it",
} as const;

test("a call sends JSON and the token to its path under the base URL", async () => {
  const { fetch, requests } = recording(answeringJson({ done: true }));
  const baseUrl = "https://example.com/photos/api/";
  const call = { ...CALL, baseUrl, body: { a: [1] } };
  assertEquals(await callJson(call, { fetch }, isObject), { done: true });
  const request = requests[0]!;
  assertEquals(request.url, "https://example.com/photos/api/it");
  assertEquals(request.headers.get("accept"), "application/json");
  assertEquals(request.headers.get("content-type"), "application/json");
  assertEquals(
    request.headers.get("authorization"),
    `Bearer ${SESSION.accessToken}`,
  );
  assertEquals(await request.json(), { a: [1] });
});

test("a call without a body has no content type", async () => {
  const { fetch, requests } = recording(answeringJson({}));
  await callJson({ ...CALL, method: "GET" }, { fetch }, isObject);
  assertEquals(requests[0]!.headers.get("content-type"), null);
});

test("any object with a request function is a client", async () => {
  const client = { request: () => Promise.resolve(Response.json({ a: 1 })) };
  assertEquals(await callJson(CALL, { client }, isObject), { a: 1 });
});

test("a client without a request function is rejected", async () => {
  for (const value of [null, {}, "x", { request: 1 }]) {
    const client = value as unknown as ReturnType<typeof createClient>;
    await assertRejects(
      () => callJson(CALL, { client }, isObject),
      TypeError,
      'Cannot use option "client": it must be an object with a "request" function',
    );
  }
});

test("a custom client receives the token separately, and its errors are passed through", async () => {
  const bug = new Error("a bug in the test's client");
  let accessToken: string | undefined;
  const client = {
    request(request: ClientRequest) {
      accessToken = request.accessToken;
      return Promise.reject(bug);
    },
  };
  const error = await callJson(CALL, { client }, isObject).catch((e) => e);
  assertStrictEquals(error, bug);
  assertEquals(accessToken, SESSION.accessToken);
});

test("the client option cannot be combined with options for creating a client", async () => {
  const client = createClient({ fetch: refusing });
  const others: CallOptions[] = [
    { fetch: refusing },
    { headers: { a: "b" } },
    { tokenHeader: "authorization" },
    { allowInsecureHttp: true },
  ];
  for (const options of others) {
    await assertRejects(
      () => callJson(CALL, { client, ...options }, isObject),
      TypeError,
      `Cannot use option "${Object.keys(options)[0]}" together with "client"`,
    );
  }
});

test("an invalid base URL is rejected before any request", async () => {
  const call = { ...CALL, baseUrl: "immich" };
  await assertRejects(
    () => callJson(call, { fetch: refusing }, isObject),
    TypeError,
    "Cannot use base URL",
  );
});

test("a call whose signal is already aborted sends no request", async () => {
  const reason = new Error("changed my mind");
  const options = { fetch: refusing, signal: AbortSignal.abort(reason) };
  const error = await callEmpty(CALL, options).catch((error) => error);
  assertStrictEquals(error, reason);
});

test("an abort ends a pending call with the signal's reason", async () => {
  const controller = new AbortController();
  const reason = new Error("changed my mind");
  const fetch = () => new Promise<Response>(() => {});
  const call = callEmpty(CALL, { fetch, signal: controller.signal });
  controller.abort(reason);
  assertStrictEquals(await call.catch((error) => error), reason);
});

test("an abort while the response is being read rejects with the signal's reason", async () => {
  for (const status of [200, 500]) {
    const controller = new AbortController();
    const reason = new Error("changed my mind");
    const fetch = answering(() => {
      setTimeout(() => controller.abort(reason));
      return new Response(new ReadableStream(), { status });
    });
    const { signal } = controller;
    const error = await callJson(CALL, { fetch, signal }, isObject)
      .catch((error) => error);
    assertStrictEquals(error, reason);
  }
});

test("a server that sends only a response head causes a TimeoutError", async () => {
  const fetch = answering(() => new Response(new ReadableStream()));
  await assertRejects(
    () => callJson(CALL, { fetch, idleTimeoutMs: 20 }, isObject),
    TimeoutError,
    "Cannot do it: the server was silent for 20 ms",
  );
});

test("an HTML page with status 200 is an error, even if no body is expected", async () => {
  const headers = { "content-type": "text/html" };
  const fetch = answering(() => new Response("<html>", { headers }));
  for (const call of [callEmpty, callJson]) {
    await assertRejects(
      () => call(CALL, { fetch }, isObject),
      ProtocolError,
      "Cannot do it: the server answered with an HTML page instead of JSON",
    );
  }
});

test("JSON of an unexpected shape is rejected", async () => {
  const fetch = answeringJson([1, 2]);
  await assertRejects(
    () => callJson(CALL, { fetch }, (value): value is string => value === ""),
    ProtocolError,
    "Cannot do it: the response is not what an Immich server sends",
  );
});

test("a call that needs no body cancels the response's body", async () => {
  let canceled = false;
  const body = new ReadableStream({
    cancel: () => {
      canceled = true;
    },
  });
  await callEmpty(CALL, { fetch: answering(() => new Response(body)) });
  assert(canceled);
});

test("a response that arrives after an abort is discarded and its connection freed", async () => {
  let cancel!: () => void;
  const canceled = new Promise<void>((resolve) => cancel = resolve);
  const body = new ReadableStream({ cancel: () => cancel() });
  // A fetch that ignores its signal and responds after the abort.
  const fetch: Fetch = (_url, { signal }) =>
    new Promise((resolve) => {
      signal?.addEventListener("abort", () => {
        setTimeout(() => resolve(new Response(body)));
      });
    });
  await assertRejects(
    () => callEmpty(CALL, { fetch, idleTimeoutMs: 10 }),
    TimeoutError,
  );
  await canceled;
});

test("a call removes its listeners from a signal that outlives it", async () => {
  const controller = new AbortController();
  const listeners = new Set<unknown>();
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners.add(args[1]);
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners.delete(args[1]);
    remove(...args);
  };
  // Uses a custom client, because fetch and Request also listen to the signal.
  const client = (response: () => Response) => ({
    client: { request: () => Promise.resolve(response()) },
    signal,
  });
  await callEmpty(CALL, client(() => new Response()));
  await callJson(CALL, client(() => Response.json({})), isObject);
  await callEmpty(CALL, client(() => new Response(null, { status: 500 })))
    .catch(() => {});
  assertEquals(listeners.size, 0);
});

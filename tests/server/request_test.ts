import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import {
  AuthenticationError,
  type ClientRequest,
  ConnectionError,
  createClient,
  type Fetch,
  HttpError,
  ndjson,
  ProtocolError,
  request,
  type RequestOptions,
  TimeoutError,
} from "../../mod.ts";
import { Clock, HOUR_MS } from "../support/clock.ts";
import { turn, until } from "../support/events.ts";
import {
  answering,
  answeringJson,
  drain,
  recording,
  refusing,
  SESSION,
} from "../support/fetch.ts";
import { LONG_MS } from "../support/timeouts.ts";
import { test } from "../support/test.ts";

const encoder = new TextEncoder();

/** Sends a request, and returns what the server receives. */
async function seen(path: string, init: RequestOptions = {}): Promise<Request> {
  const { fetch, requests } = recording(answeringJson({}));
  await (await request(SESSION, path, { fetch, ...init })).text();
  return requests[0]!;
}

/** Creates a body controlled by the test. */
function openBody(text = "") {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  let isCanceled = false;
  const stream = new ReadableStream<Uint8Array>({
    start(own) {
      controller = own;
      if (text !== "") own.enqueue(encoder.encode(text));
    },
    cancel: () => {
      isCanceled = true;
    },
  });
  return { stream, controller, isCanceled: () => isCanceled };
}

function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => "no reason", (reason) => reason);
}

test("a request is sent under /api with the token and the headers", async () => {
  const { fetch, requests } = recording(answeringJson([1]));
  const session = { ...SESSION, baseUrl: "https://example.com/photos" };
  const response = await request(session, "/albums?shared=true", {
    fetch,
    headers: { "CF-Access-Client-Id": "id" },
  });
  assertEquals(await response.json(), [1]);
  const { url, method, headers } = requests[0]!;
  assertEquals(url, "https://example.com/photos/api/albums?shared=true");
  assertEquals(method, "GET");
  assertEquals(headers.get("accept"), "application/json");
  assertEquals(headers.get("cf-access-client-id"), "id");
  assertEquals(headers.get("authorization"), `Bearer ${SESSION.accessToken}`);
});

test("a request uses the given HTTP method", async () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "HEAD"] as const) {
    assertEquals((await seen("/albums", { method })).method, method);
  }
});

test("an unknown HTTP method causes a TypeError", async () => {
  for (const method of ["get", "", "TRACE", "OPTIONS", null, 1]) {
    const init = { method, fetch: refusing } as unknown as RequestOptions;
    await assertRejects(
      () => request(SESSION, "/albums", init),
      TypeError,
      "method must be one of GET, HEAD, POST, PUT, PATCH, DELETE",
    );
  }
});

test("a GET or HEAD request with a body causes a TypeError", async () => {
  for (const method of ["GET", "HEAD"] as const) {
    await assertRejects(
      () => request(SESSION, "/a", { method, body: {}, fetch: refusing }),
      TypeError,
      `Cannot make the request: ${method} must not have a body`,
    );
  }
});

test("a path that leads outside the API causes a TypeError before any request", async () => {
  for (const path of ["https://other.example/", "/../admin", "/api/albums"]) {
    await assertRejects(
      () => request(SESSION, path, { fetch: refusing }),
      TypeError,
      "Cannot make the request: path",
    );
  }
});

test("plain objects and arrays are sent as JSON", async () => {
  const values = [
    { a: [1, null], at: new Date(0) },
    [],
    Object.assign(Object.create(null), { a: 1 }),
  ];
  for (const body of values) {
    const sent = await seen("/albums", { method: "POST", body });
    assertEquals(sent.headers.get("content-type"), "application/json");
    assertEquals(await sent.text(), JSON.stringify(body));
  }
});

test("a JSON body may have a custom content type", async () => {
  const type = "application/merge-patch+json";
  const headers = { "Content-Type": type };
  const sent = await seen("/a", { method: "PATCH", body: { a: 1 }, headers });
  assertEquals(sent.headers.get("content-type"), type);
});

test("bodies of types supported by fetch are sent unchanged", async () => {
  const bytes = encoder.encode("photo");
  const bodies: [string | object, string | null, string][] = [
    ["text", "text/plain;charset=utf-8", "text"],
    [
      new URLSearchParams({ a: "ä" }),
      "application/x-www-form-urlencoded;charset=utf-8",
      "a=%C3%A4",
    ],
    [new Blob([bytes], { type: "image/png" }), "image/png", "photo"],
    [bytes, null, "photo"],
    [bytes.buffer, null, "photo"],
    [new DataView(bytes.buffer, 2), null, "oto"],
  ];
  for (const [body, type, text] of bodies) {
    const sent = await seen("/assets", { method: "POST", body });
    const sentType = sent.headers.get("content-type");
    assertEquals(sentType?.toLowerCase() ?? null, type);
    assertEquals(await sent.text(), text);
  }
});

test("a form is sent with its boundary", async () => {
  const body = new FormData();
  body.set("deviceId", "worker");
  body.set("assetData", new File(["photo"], "beach.jpg"));
  const form = await (await seen("/assets", { method: "POST", body }))
    .formData();
  assertEquals(form.get("deviceId"), "worker");
  const file = form.get("assetData");
  assertInstanceOf(file, File);
  assertEquals([file.name, await file.text()], ["beach.jpg", "photo"]);
});

test("an unsupported body causes a TypeError before any request", async () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  class Album {}
  const bodies = [
    ...[null, 0, true, 1n, Symbol("a"), () => {}],
    ...[new Map(), new Set(), new Date(), new Album(), new URL("https://a.b")],
    ...[cycle, { a: 1n }],
  ];
  for (const body of bodies) {
    const init = { method: "POST", body, fetch: refusing };
    await assertRejects(
      () => request(SESSION, "/albums", init as unknown as RequestOptions),
      TypeError,
    );
  }
});

test("a body stream is sent while it is being read, in half duplex for fetch", async () => {
  let given: RequestInit & { duplex?: string } = {};
  let text = "";
  const fetch: Fetch = async (_url, init) => {
    given = init;
    text = await new Response(init.body as ReadableStream).text();
    return Response.json({});
  };
  const { stream, controller } = openBody("one ");
  const call = request(SESSION, "/a", { method: "PUT", body: stream, fetch });
  controller.enqueue(encoder.encode("two"));
  controller.close();
  await (await call).json();
  assertEquals(text, "one two");
  assertEquals([given.duplex, given.redirect], ["half", "manual"]);
});

test("a request is half duplex only if its body is a stream", async () => {
  for (const body of ["text", { a: 1 }, new Blob(["a"])]) {
    let given: RequestInit = {};
    const fetch: Fetch = (_url, init) => {
      given = init;
      return Promise.resolve(new Response());
    };
    await request(SESSION, "/a", { method: "POST", body, fetch });
    assert(!("duplex" in given));
  }
});

test("a body stream that was already used causes a TypeError", async () => {
  const { stream } = openBody();
  stream.getReader();
  await assertRejects(
    () =>
      request(SESSION, "/a", { method: "PUT", body: stream, fetch: refusing }),
    TypeError,
    "Cannot make the request: body was already used",
  );
});

test("a body stream that fails ends the request with the stream's error", async () => {
  const failure = new Error("the disk is gone");
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(failure),
  }, { highWaterMark: 0 });
  // A runtime that ignores the signal.
  const fetch: Fetch = async (_url, { body }) => {
    await drain(body as ReadableStream);
    return await new Promise(() => {});
  };
  const call = request(SESSION, "/a", { method: "PUT", body, fetch });
  assertEquals(await reasonOf(call), failure);
});

test("a body stream is canceled if the request fails before reading the stream", async () => {
  const { stream, isCanceled } = openBody("a");
  const fetch: Fetch = (_url, { body, signal }) => {
    // This is what a runtime does with a body when its request is aborted.
    signal?.addEventListener("abort", () => {
      void (body as ReadableStream).cancel();
    });
    return Promise.resolve(new Response(null, { status: 302 }));
  };
  const init = { method: "PUT", body: stream, fetch } as const;
  await assertRejects(() => request(SESSION, "/a", init), HttpError);
  await until(isCanceled, "the stream is canceled");
});

test("each upload chunk accepted by the server restarts the idle timeout", async () => {
  using clock = new Clock();
  let chunks = 4;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      // The caller's delay does not count toward the server's timeout.
      await clock.pass(5 * HOUR_MS);
      if (chunks-- > 0) controller.enqueue(encoder.encode("a"));
      else controller.close();
    },
  }, { highWaterMark: 0 });
  const fetch: Fetch = async (_url, { body }) => {
    for await (const _ of body as ReadableStream) await clock.pass(HOUR_MS);
    return new Response("done");
  };
  const init = { method: "PUT", body, fetch, idleTimeoutMs: 4 * HOUR_MS };
  const response = await request(SESSION, "/a", init as RequestOptions);
  assertEquals(await response.text(), "done");
});

test("a server that stops reading an uploaded stream causes a TimeoutError", async () => {
  using clock = new Clock();
  const fetch: Fetch = async (_url, { body }) => {
    await (body as ReadableStream).getReader().read();
    return await new Promise(() => {});
  };
  const body = openBody("a").stream;
  const init = { fetch, body, idleTimeoutMs: 4 * HOUR_MS };
  const reason = reasonOf(request(SESSION, "/a", { method: "PUT", ...init }));
  await clock.passUntil(reason);
  assertInstanceOf(await reason, TimeoutError);
});

test("a custom client receives the complete request with its headers", async () => {
  let given: ClientRequest | undefined;
  const client = {
    request(request: ClientRequest) {
      given = request;
      return Promise.resolve(new Response());
    },
  };
  const body = new Blob(["a"]);
  const headers = { "X-A": "1" };
  await request(SESSION, "/a?b=1", { client, method: "PUT", body, headers });
  const { signal, ...rest } = given!;
  assertInstanceOf(signal, AbortSignal);
  assertEquals(rest, {
    method: "PUT",
    url: "https://immich.test/api/a?b=1",
    headers: { "x-a": "1", accept: "application/json" },
    body,
    accessToken: SESSION.accessToken,
  });
});

test("a request's headers override its client's headers", async () => {
  const { fetch, requests } = recording(answeringJson({}));
  const client = createClient({ fetch, headers: { "x-a": "1", "x-b": "1" } });
  const options = { client, headers: { "X-B": "2" } };
  await (await request(SESSION, "/a", options)).json();
  const { headers } = requests[0]!;
  assertEquals([headers.get("x-a"), headers.get("x-b")], ["1", "2"]);
});

test("request headers that carry credentials are rejected without being quoted", async () => {
  for (
    const name of ["Authorization", "cookie", "X-Api-Key", "x-immich-share-key"]
  ) {
    const forms: RequestOptions["headers"][] = [
      { [name]: "secret" },
      [[name, "secret"]],
      ...(name === "cookie" ? [] : [new Headers({ [name]: "secret" })]),
    ];
    for (const headers of forms) {
      const error = await assertRejects(
        () => request(SESSION, "/a", { fetch: refusing, headers: headers! }),
        TypeError,
        "Cannot make the request: headers",
      );
      assert(!error.message.includes("secret"));
    }
  }
});

test("a status other than 2xx causes an error that names the endpoint", async () => {
  const answer = (status: number) =>
    answeringJson({ message: "Not found" }, status);
  const error = await assertRejects(
    () => request(SESSION, "/albums/1?key=secret", { fetch: answer(404) }),
    HttpError,
  );
  assertEquals(
    error.message,
    'Cannot GET /albums/1: the server answered 404 "Not found"',
  );
  await assertRejects(
    () => request(SESSION, "/a", { method: "DELETE", fetch: answer(401) }),
    AuthenticationError,
    "Cannot DELETE /a: the server answered 401",
  );
});

test("a long path is truncated in an error message", async () => {
  const fetch = answeringJson({}, 500);
  const error = await assertRejects(
    () => request(SESSION, `/${"a".repeat(5000)}`, { fetch }),
    HttpError,
  );
  assert(error.message.length < 300);
});

test("the error for a redirect names the target, but the error for a 304 does not", async () => {
  const answer = (status: number) =>
    answering(() =>
      new Response(null, {
        status,
        headers: { location: "https://other.example/" },
      })
    );
  await assertRejects(
    () => request(SESSION, "/a", { fetch: answer(302) }),
    HttpError,
    'a redirect to "https://other.example"',
  );
  const error = await assertRejects(
    () => request(SESSION, "/a", { fetch: answer(304) }),
    HttpError,
  );
  assertEquals(error.message, "Cannot GET /a: the server answered 304");
});

test("values from the query and the JSON body are redacted from server messages", async () => {
  const fetch = answering(async (request) => {
    const { password } = await request.json();
    const { search, searchParams } = new URL(request.url);
    const message = `${searchParams.get("key")} ${search} ${password}`;
    return Response.json({ message }, { status: 400 });
  });
  const error = await assertRejects(
    () =>
      request(SESSION, "/a?key=share%2Bkey%2B1", {
        method: "POST",
        body: { password: "engine-1842" },
        fetch,
      }),
    HttpError,
  );
  assertEquals(error.serverMessage, "[redacted] ?key=[redacted] [redacted]");
});

test("values from headers and any kind of body are redacted from server messages", async () => {
  const secret = "engine-1842";
  const word = "correcthorse";
  const form = new FormData();
  form.set("password", word);
  const inits: [init: RequestOptions, secret: string][] = [
    [{ body: `password is ${secret}` }, `password is ${secret}`],
    [{ body: JSON.stringify({ password: word }) }, word],
    [{ body: new URLSearchParams({ password: word }) }, word],
    [{ body: form }, word],
    [{ body: { list: [{ passwords: [word] }] } }, word],
    [{ headers: { "x-proxy": secret } }, secret],
  ];
  for (const [init, secret] of inits) {
    const message = `"${encodeURIComponent(secret)}" is wrong`;
    const fetch = answeringJson({ message }, 400);
    const error = await assertRejects(
      () => request(SESSION, "/a", { method: "POST", ...init, fetch }),
      HttpError,
    );
    assert(!error.message.includes(encodeURIComponent(secret)), error.message);
  }
});

test("plain words from the request body are kept in server messages", async () => {
  const message = "visibility must be one of archive, timeline, hidden";
  const error = await assertRejects(
    () =>
      request(SESSION, "/a", {
        method: "POST",
        body: { visibility: "timeline" },
        fetch: answeringJson({ message }, 400),
      }),
    HttpError,
  );
  assertEquals(error.serverMessage, message);
});

test("an HTML page causes an error unless the accept option allows HTML", async () => {
  let canceled = 0;
  const fetch = answering(() => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(encoder.encode("<html>")),
      pull: (controller) => controller.close(),
      cancel: () => void canceled++,
    });
    return new Response(body, { headers: { "content-type": "text/html" } });
  });
  for (const accept of [undefined, "*/*", "image/*"]) {
    const init = accept === undefined ? { fetch } : { fetch, accept };
    await assertRejects(
      () => request(SESSION, "/a", init),
      ProtocolError,
      "Cannot GET /a: the server answered with an HTML page",
    );
  }
  assertEquals(canceled, 3);
  const asked: RequestOptions[] = [
    { accept: "text/html" },
    { headers: { Accept: "text/html, */*" } },
  ];
  for (const init of asked) {
    const response = await request(SESSION, "/a", { fetch, ...init });
    assertEquals(await response.text(), "<html>");
  }
});

test("the accept option is sent and overrides an Accept header", async () => {
  const headers = { Accept: "text/plain" };
  const one = await seen("/a", { accept: "image/*", headers });
  assertEquals(one.headers.get("accept"), "image/*");
  const other = await seen("/a", { headers });
  assertEquals(other.headers.get("accept"), "text/plain");
});

test("a response keeps its status, headers and URL", async () => {
  const fetch = answering((request) => {
    const response = new Response("part", {
      status: 206,
      statusText: "Partial Content",
      headers: { "content-type": "video/mp4", "content-length": "4" },
    });
    Object.defineProperty(response, "url", { value: request.url });
    return response;
  });
  const response = await request(SESSION, "/assets/1/original", { fetch });
  assertEquals(response.ok, true);
  assertEquals([response.status, response.statusText], [
    206,
    "Partial Content",
  ]);
  assertEquals(response.headers.get("content-type"), "video/mp4");
  assertEquals(response.headers.get("content-length"), "4");
  assertEquals(response.url, "https://immich.test/api/assets/1/original");
  assertEquals(await response.text(), "part");
});

test("a response to HEAD has no body in any runtime", async () => {
  const fetch = answering(() => new Response("a"));
  const response = await request(SESSION, "/a", { fetch, method: "HEAD" });
  assertEquals(response.body, null);
});

test("a response without a body has a null body", async () => {
  const { signal } = new AbortController();
  for (const status of [200, 201, 204, 205]) {
    const fetch = answering(() => new Response(null, { status }));
    const response = await request(SESSION, "/a", { fetch, signal });
    assertEquals([response.status, response.body], [status, null]);
    assertEquals(await response.text(), "");
  }
});

test("a response body that stalls midway causes a TimeoutError", async () => {
  const { stream } = openBody('{"a":');
  const fetch = answering(() => new Response(stream));
  const response = await request(SESSION, "/a", { fetch, idleTimeoutMs: 20 });
  const error = await reasonOf(response.json());
  assertInstanceOf(error, TimeoutError);
  assertEquals(error.message, "Cannot GET /a: the server was silent for 20 ms");
});

test("a slow reader of a response body does not cause a TimeoutError", async () => {
  using clock = new Clock();
  const { stream, controller } = openBody();
  const fetch = answering(() => new Response(stream));
  const idleTimeoutMs = 2 * HOUR_MS;
  const response = await request(SESSION, "/a", { fetch, idleTimeoutMs });
  const reader = response.body!.getReader();
  for (let i = 0; i < 3; i++) {
    await clock.pass(3 * HOUR_MS);
    const read = reader.read();
    controller.enqueue(Uint8Array.of(i));
    assertEquals(await read, { done: false, value: Uint8Array.of(i) });
  }
  await reader.cancel();
});

test("an interrupted body delivers its received bytes before a ConnectionError", async () => {
  const cause = new Error("reset by peer");
  let isSent = false;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (isSent) return controller.error(cause);
      isSent = true;
      controller.enqueue(encoder.encode("a"));
    },
  }, { highWaterMark: 0 });
  const fetch = answering(() => new Response(stream));
  const response = await request(SESSION, "/a", { fetch });
  const { items, error } = await drain(response.body!);
  assertEquals(items, [encoder.encode("a")]);
  assertInstanceOf(error, ConnectionError);
  assertEquals(error.message, "Cannot GET /a: the connection was lost");
  assertEquals(error.cause, cause);
});

test("an abort ends a response body with the signal's reason", async () => {
  for (const isPending of [true, false]) {
    const controller = new AbortController();
    const { stream, isCanceled } = openBody("a");
    const client = { request: () => Promise.resolve(new Response(stream)) };
    const { signal } = controller;
    const response = await request(SESSION, "/a", { client, signal });
    const reader = response.body!.getReader();
    await reader.read();
    const reason = { my: "reason" };
    const pending = isPending ? reasonOf(reader.read()) : undefined;
    controller.abort(reason);
    assertEquals(await (pending ?? reasonOf(reader.read())), reason);
    await until(isCanceled, "the body is canceled");
  }
});

test("canceling a response body ends the request", async () => {
  const { stream, isCanceled } = openBody("a");
  let signal: AbortSignal | null | undefined;
  const fetch: Fetch = (_url, init) => {
    signal = init.signal;
    return Promise.resolve(new Response(stream));
  };
  const response = await request(SESSION, "/a", { fetch });
  await response.body!.cancel();
  assert(isCanceled());
  assert(signal?.aborted);
});

test("a response body is read only on demand", async () => {
  let pulls = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulls++;
      controller.enqueue(encoder.encode("a"));
    },
  }, { highWaterMark: 0 });
  const client = { request: () => Promise.resolve(new Response(stream)) };
  const response = await request(SESSION, "/a", { client });
  await turn();
  const before = pulls;
  const reader = response.body!.getReader();
  await reader.read();
  await turn();
  assert(pulls <= before + 2, `${pulls} chunks were read for one`);
  await reader.cancel();
});

test("ndjson reads the JSON lines in a response of request()", async () => {
  const fetch = answering(() => new Response('{"id":1}\n{"id":2}\n'));
  const init = { fetch, idleTimeoutMs: LONG_MS };
  const lines = ndjson(await request(SESSION, "/a", init));
  assertEquals(await drain(lines), { items: [{ id: 1 }, { id: 2 }] });
});

test("an invalid session causes a TypeError before any request", async () => {
  for (const session of [undefined, {}, { ...SESSION, accessToken: "\n" }]) {
    await assertRejects(
      () => request(session as typeof SESSION, "/a", { fetch: refusing }),
      TypeError,
      "Cannot use session",
    );
  }
});

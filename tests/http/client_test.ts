import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type ClientOptions,
  type ClientRequest,
  createClient,
} from "../../src/http/client.ts";
import { ConnectionError } from "../../src/errors/mod.ts";
import { answering, recording, refusing } from "../support/fetch.ts";
import { test } from "../support/test.ts";

const { signal } = new AbortController();

function request(init: Partial<ClientRequest> = {}): ClientRequest {
  const url = "https://immich.test/api/users/me";
  return { method: "GET", url, headers: {}, signal, ...init };
}

const ok = () => answering(() => new Response("ok"));

test("the access token is sent as a Bearer token", async () => {
  const { fetch, requests } = recording(ok());
  await createClient({ fetch }).request(request({ accessToken: "token" }));
  assertEquals(requests[0]?.headers.get("authorization"), "Bearer token");
});

test("the access token can be sent in Immich's own header instead", async () => {
  const { fetch, requests } = recording(ok());
  const client = createClient({ fetch, tokenHeader: "x-immich-user-token" });
  await client.request(request({ accessToken: "token" }));
  assertEquals(requests[0]?.headers.get("x-immich-user-token"), "token");
  assertEquals(requests[0]?.headers.get("authorization"), null);
});

test("no Authorization header is sent if there is no access token", async () => {
  const { fetch, requests } = recording(ok());
  await createClient({ fetch }).request(request());
  assertEquals(requests[0]?.headers.get("authorization"), null);
});

test("a request's own headers override the custom headers sent with every request", async () => {
  const { fetch, requests } = recording(ok());
  const client = createClient({
    fetch,
    headers: { "CF-Access-Client-Id": "id", Accept: "text/html" },
  });
  for (let i = 0; i < 2; i++) {
    await client.request(request({ headers: { accept: "application/json" } }));
  }
  for (const { headers } of requests) {
    assertEquals(headers.get("cf-access-client-id"), "id");
    assertEquals(headers.get("accept"), "application/json");
  }
});

test("headers are accepted in every form accepted by fetch", async () => {
  const forms: HeadersInit[] = [
    { "x-a": "1" },
    [["x-a", "1"]],
    new Headers({ "x-a": "1" }),
  ];
  for (const headers of forms) {
    const { fetch, requests } = recording(ok());
    await createClient({ fetch, headers }).request(request());
    assertEquals(requests[0]?.headers.get("x-a"), "1");
  }
});

test("custom headers that carry credentials are rejected without being quoted", () => {
  const names = [
    "Authorization",
    "Cookie",
    "X-Immich-User-Token",
    "x-immich-session-token",
    "x-immich-share-key",
  ];
  for (const name of names) {
    const error = assertThrows(
      () => createClient({ headers: { [name]: "secret" } }),
      TypeError,
      `headers must not contain "${name.toLowerCase()}"`,
    );
    assert(!error.message.includes("secret"));
  }
});

test("an API key in the headers is rejected with a reason", () => {
  assertThrows(
    () => createClient({ headers: { "x-api-key": "key" } }),
    TypeError,
    "Immich rejects API keys on sync endpoints",
  );
});

test("the error for an invalid HTTP header does not quote it", () => {
  const error = assertThrows(
    () => createClient({ headers: { "x-a": "secret\n\nx" } }),
    TypeError,
    "a name or value that HTTP does not allow",
  );
  assert(!error.message.includes("secret"));
});

test("an unknown value of the tokenHeader option is rejected", () => {
  const options = { tokenHeader: "x-token" } as unknown as ClientOptions;
  assertThrows(() => createClient(options), RangeError, '"x-token"');
});

test("fetch receives a URL string and a plain object that disables redirects", async () => {
  let given: [unknown, RequestInit] | undefined;
  const client = createClient({
    fetch(...args) {
      given = args;
      return Promise.resolve(new Response());
    },
  });
  await client.request(request({ method: "POST", body: "{}" }));
  const [url, init] = given!;
  assertEquals(typeof url, "string");
  assertEquals(Object.getPrototypeOf(init), Object.prototype);
  assertEquals(init.redirect, "manual");
  assertEquals(init.method, "POST");
  assertEquals(init.body, "{}");
});

test("a client's requests bypass HTTP caches", async () => {
  let cache: RequestCache | undefined;
  const client = createClient({
    fetch(_url, init) {
      cache = init.cache;
      return Promise.resolve(new Response());
    },
  });
  await client.request(request());
  assertEquals(cache, "no-store");
});

test("the cache mode is omitted in a runtime that does not support it", async () => {
  const original = globalThis.Request;
  const fetch = (_url: string, init: RequestInit) =>
    Promise.resolve(Response.json(Object.keys(init)));
  try {
    // This is what workerd does with compatibility dates before 2024-11-11.
    globalThis.Request = class extends original {
      constructor(url: string, init?: RequestInit) {
        if (init?.cache !== undefined) throw new Error("not implemented");
        super(url, init);
      }
    } as typeof Request;
    const response = await createClient({ fetch }).request(request());
    assert(!(await response.json()).includes("cache"));
  } finally {
    globalThis.Request = original;
  }
});

test("a client knows its header values, but logging the client does not show them", () => {
  const client = createClient({
    headers: { "x-a": "s3cret-value", "x-b": "1" },
  });
  assertEquals(client.secrets, ["s3cret-value"]);
  assertEquals(Object.keys(client), ["request"]);
});

test("a custom fetch is not called as a method", async () => {
  let receiver: unknown = "not called";
  const fetch = function (this: unknown) {
    receiver = this;
    return Promise.resolve(new Response());
  };
  await createClient({ fetch }).request(request());
  assertEquals(receiver, undefined);
});

test("the global fetch is looked up at call time", async () => {
  const client = createClient();
  const original = globalThis.fetch;
  try {
    globalThis.fetch = () => Promise.resolve(new Response("late"));
    const response = await client.request(request());
    assertEquals(await response.text(), "late");
  } finally {
    globalThis.fetch = original;
  }
});

test("plain http is limited to private hosts unless allowInsecureHttp is set", async () => {
  const url = "http://photos.example.com/api/users/me";
  await assertRejects(
    () => createClient({ fetch: refusing }).request(request({ url })),
    TypeError,
    "use https or the allowInsecureHttp option",
  );
  const options = { fetch: ok(), allowInsecureHttp: true };
  const allowed = await createClient(options).request(request({ url }));
  assertEquals(await allowed.text(), "ok");
  const local = await createClient({ fetch: ok() })
    .request(request({ url: "http://192.168.1.2:2283/api/users/me" }));
  assertEquals(await local.text(), "ok");
});

test("a fetch that rejects or throws causes a ConnectionError", async () => {
  const cause = new TypeError("connection refused");
  const rejecting = () => Promise.reject(cause);
  const throwing = () => {
    throw cause;
  };
  for (const fetch of [rejecting, throwing]) {
    const error = await assertRejects(
      () => createClient({ fetch }).request(request()),
      ConnectionError,
      'Cannot reach "https://immich.test"',
    );
    assertStrictEquals(error.cause, cause);
  }
});

test("an abort rejects with the signal's reason, not a ConnectionError", async () => {
  const controller = new AbortController();
  const fetch = () => {
    controller.abort("enough");
    return Promise.reject(new Error("a runtime's own words"));
  };
  const { signal } = controller;
  const reason = await createClient({ fetch }).request(request({ signal }))
    .catch((reason) => reason);
  assertEquals(reason, "enough");
});

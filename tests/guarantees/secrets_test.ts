/** No error or trace contains a secret or a payload, however hostile the server is. */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  authorize,
  callback,
  type CallOptions,
  createChildSession,
  createClient,
  currentUser,
  deleteSyncAcks,
  discover,
  getSyncAcks,
  ImmichError,
  keepSession,
  login,
  logout,
  ndjson,
  request,
  serverVersion,
  sync,
  syncAck,
  syncStream,
  type TraceEvent,
} from "../../mod.ts";
import { answering, drain } from "../support/fetch.ts";
import { inspect } from "../support/inspect.ts";
import { test } from "../support/test.ts";

const ACCESS_TOKEN = "secret-access-token-0123456789abcdefghijklm";
const PASSWORD = "secret-p4ssword";
const CODE = "secret-c0de";
const STATE = "secret-st4te";
const VERIFIER =
  "secret-verifier-0123456789abcdefghijklmnopqrstuvwxyz-0123456789ab";

const baseUrl = "https://immich.test";
/** The value of a header required by a proxy. */
const PROXY_SECRET = "secret-pr0xy";
const headers = { "cf-access-client-secret": PROXY_SECRET };
const session = { baseUrl, accessToken: ACCESS_TOKEN };
const redirectUri = "https://app.example/callback";

const STORED = JSON.stringify({
  version: 1,
  login: session,
  session,
  usedAt: 0,
});

const CALLS: Record<string, (options: CallOptions) => Promise<unknown>> = {
  login: (options) =>
    login("ada@immich.test", PASSWORD, { baseUrl, ...options }),
  logout: (options) => logout(session, options),
  authorize: (options) => authorize(redirectUri, { baseUrl, ...options }),
  callback: (options) =>
    callback(`${redirectUri}?code=${CODE}&state=${STATE}`, {
      baseUrl,
      redirectUri,
      state: STATE,
      codeVerifier: VERIFIER,
      createdAt: Date.now(),
    }, options),
  createChildSession: (options) => createChildSession(session, options),
  currentUser: (options) => currentUser(session, options),
  keepSession: (options) =>
    keepSession({ get: () => STORED, set() {}, delete() {} }, () => session, {
      ...options,
    }).get(),
  serverVersion: (options) => serverVersion(session, options),
  discover: (options) => discover(baseUrl, options),
  getSyncAcks: (options) => getSyncAcks(session, options),
  syncAck: (options) => syncAck(session, ["UserV1|1"], options),
  deleteSyncAcks: (options) => deleteSyncAcks(session, options),
  request: async (options) => {
    const body = { password: PASSWORD };
    const init = { method: "POST", body, ...options } as const;
    const response = await request(session, `/a?code=${CODE}`, init);
    const { error } = await drain(ndjson(response));
    if (error !== undefined) throw error;
  },
  syncStream: async (options) => {
    const { error } = await drain(
      await syncStream(session, ["UsersV1"], options),
    );
    if (error !== undefined) throw error;
  },
};

const SECRETS = [ACCESS_TOKEN, PASSWORD, CODE, STATE, VERIFIER, PROXY_SECRET];

/** Returns everything that a request contains. */
async function everythingOf(request: Request): Promise<string> {
  const headers = JSON.stringify([...request.headers]);
  return `${request.url} ${headers} ${await request.text()}`;
}

const HTML = { "content-type": "text/html" };

/**
 * Servers that echo what they received in every possible part of a response.
 */
const ECHOES: Record<string, (everything: string) => Response> = {
  "message 400": (message) => Response.json({ message }, { status: 400 }),
  "message 401": (message) => Response.json({ message }, { status: 401 }),
  "message 403": (message) =>
    Response.json({ message: `API key ${message}` }, { status: 403 }),
  "message 500": (message) => Response.json({ message }, { status: 500 }),
  "list of messages": (text) =>
    Response.json({ message: [text, text] }, { status: 400 }),
  "fields": (text) =>
    Response.json({ message: "m", errors: [{ path: [text], message: text }] }, {
      status: 400,
    }),
  "text 500": (text) => new Response(text, { status: 500 }),
  "page 401": (text) => new Response(text, { status: 401, headers: HTML }),
  "JSON in base64": (text) => {
    const bytes = new TextEncoder().encode(text);
    return Response.json({ message: btoa(String.fromCharCode(...bytes)) }, {
      status: 400,
    });
  },
  "percent-encoded": (text) =>
    Response.json({ message: encodeURIComponent(text) }, { status: 400 }),
  "broken body": (text) =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.error(new Error(text)),
      }),
    ),
  "failed request": (text) => {
    throw Object.assign(new TypeError(text), { path: text });
  },
  "page 404": (text) => new Response(text, { status: 404, headers: HTML }),
  "page 200": (text) => new Response(text, { headers: HTML }),
  "text 200": (text) => new Response(text),
  "JSON 200": (text) => new Response(JSON.stringify({ text })),
  "half JSON 200": (text) =>
    new Response(JSON.stringify({ text }).slice(0, -1)),
  "line of JSON": (text) => new Response(`${JSON.stringify({ text })}\n`),
  "redirect": (text) =>
    new Response(null, {
      status: 302,
      headers: {
        location: `https://other.example/?${encodeURIComponent(text)}`,
      },
    }),
  "bare correlation id": (text) => {
    const [token = ""] = text.match(/secret-[\w-]+/) ?? [];
    const headers = { "x-correlation-id": token };
    return Response.json({ message: token }, { status: 500, headers });
  },
  "content type": (text) => {
    const [token = ""] = text.match(/secret-[\w-]+/) ?? [];
    return new Response("", { headers: { "content-type": token } });
  },
  "host to redirect to": (text) => {
    const [token = ""] = text.match(/secret-[\w-]+/) ?? [];
    const location = `https://${token}.example/`;
    return new Response(null, { status: 302, headers: { location } });
  },
  "correlation id": (text) =>
    Response.json({ correlationId: text }, {
      status: 500,
      headers: { "x-correlation-id": text },
    }),
};

/** Fails if a string contains a secret, even in another encoding. */
function assertNoSecret(text: string, message: string): void {
  for (const secret of SECRETS) {
    for (const form of [secret, encodeURIComponent(secret), btoa(secret)]) {
      assert(!text.includes(form), `${message}: ${text}`);
    }
  }
}

for (const [name, call] of Object.entries(CALLS)) {
  test(`errors and traces from ${name} contain no secrets`, async () => {
    for (const [echo, answer] of Object.entries(ECHOES)) {
      const fetch = answering(async (request) =>
        answer(await everythingOf(request))
      );
      const events: TraceEvent[] = [];
      const onTrace = (event: TraceEvent) => events.push(event);
      const error = await call({ fetch, headers, onTrace })
        .catch((error) => error);
      assert(events.some(({ type }) => /^(end|error)$/.test(type)));
      assertNoSecret(JSON.stringify(events), `${name}, ${echo}`);
      // Some calls ignore the body of a successful response.
      if (error === undefined) continue;
      assertInstanceOf(error, ImmichError, `${name}, ${echo}`);
      assertNoSecret(everythingIn(error), `${name}, ${echo}`);
    }
  });
}

test("the error for an access token that cannot be sent does not quote the token", async () => {
  const accessToken = `${ACCESS_TOKEN}\n`;
  const error = await currentUser({ baseUrl, accessToken }).catch((error) =>
    error
  );
  assertInstanceOf(error, TypeError);
  assert(!everythingIn(error).includes(ACCESS_TOKEN));
});

test("a trace contains no secrets from a request's path", async () => {
  const events: TraceEvent[] = [];
  const onTrace = (event: TraceEvent) => events.push(event);
  const shareKey = `${"k3y".repeat(20)}-_`;
  const fetch = answering(() => Response.json({}));
  const client = createClient({ headers, fetch, onTrace });
  for (const secret of [ACCESS_TOKEN, PROXY_SECRET, shareKey]) {
    const path = `/a/${encodeURIComponent(secret)}/b?key=${CODE}`;
    const response = await request(session, path, { client });
    await response.body?.cancel();
  }
  const text = JSON.stringify(events);
  assertEquals(events.filter(({ type }) => type === "request").length, 3);
  for (const secret of [...SECRETS, shareKey]) assert(!text.includes(secret));
});

test("traces of runs contain no values from rows, acks or unknown types", async () => {
  const secret = ACCESS_TOKEN;
  const row = (type: string, ack: string) => ({
    type,
    data: { id: secret, name: secret, fileName: secret },
    ack,
  });
  for (const last of ["", row("SyncCompleteV1", "SyncCompleteV1|1"), secret]) {
    const events: TraceEvent[] = [];
    const lines = [
      row("UserV1", `UserV1|${secret}`),
      row(secret, `${secret}|1`),
      last,
    ];
    const body = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    const stream = () =>
      new Response(body, { headers: { "x-secret": PASSWORD } });
    const fetch = answering(async (request) => {
      if (request.url.endsWith("/stream")) return stream();
      const message = await everythingOf(request);
      return Response.json({ message }, { status: 503 });
    });
    const processor = { process() {}, reset() {} };
    await sync(session, ["UsersV1"], processor, {
      fetch,
      headers,
      serverVersion: false,
      retry: { attempts: 3, delayMs: 0 },
      onTrace: (event) => events.push(event),
    }).catch(() => {});
    const types = new Set(events.map(({ type }) => type));
    assert(types.has("batch") && types.has("retry"));
    assertNoSecret(JSON.stringify(events), JSON.stringify(last));
  }
});

/** Formats an error as a log would, with all its properties and causes. */
function everythingIn(error: unknown): string {
  const seen = new Set<unknown>();
  const parts: string[] = [];
  function visit(value: unknown): void {
    if (typeof value === "string") parts.push(value);
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    for (const key of Reflect.ownKeys(value)) visit(Reflect.get(value, key));
  }
  visit(error);
  return [...parts, inspect(error), String(error), JSON.stringify(error)]
    .join("\n");
}

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import {
  authorize,
  callback,
  ConnectionError,
  currentUser,
  HttpError,
  OAuthError,
  ProtocolError,
} from "../../mod.ts";
import { authorizeWith, callbackWith } from "../../src/auth/oauth.ts";
import { codeChallenge } from "../../src/auth/pkce.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { testEnv } from "../support/env.ts";
import { answeringJson, recording, refusing } from "../support/fetch.ts";
import { test } from "../support/test.ts";

const REDIRECT_URI = "https://app.example/callback";
const baseUrl = "https://immich.test";

/** Returns the URL of the provider's redirect. */
async function visit(server: FakeImmich, url: string): Promise<string> {
  const response = await server.fetch(url, { redirect: "manual" });
  return response.headers.get("location")!;
}

test("authorize sends the state and code challenge from the context that it returns", async () => {
  const { fetch, requests } = recording(new FakeImmich().fetch);
  const options = { baseUrl: "https://immich.test/api/", fetch };
  const env = testEnv({ now: () => 42 });
  const { url, context } = await authorizeWith(REDIRECT_URI, options, env);
  const body = await requests[0]!.json();
  assertEquals(body, {
    redirectUri: REDIRECT_URI,
    state: context.state,
    codeChallenge: await codeChallenge(context.codeVerifier),
  });
  assertEquals(new URL(url).searchParams.get("state"), context.state);
  assertMatch(context.codeVerifier, /^[\w-]{64}$/);
  assertMatch(context.state, /^[\w-]{32}$/);
  assertEquals(context.baseUrl, baseUrl);
  assertEquals(context.redirectUri, REDIRECT_URI);
  assertEquals(context.createdAt, 42);
});

test("no two OAuth sign-ins share a state or a code verifier", async () => {
  const { fetch } = new FakeImmich();
  const first = await authorize(REDIRECT_URI, { baseUrl, fetch });
  const second = await authorize(REDIRECT_URI, { baseUrl, fetch });
  assertNotEquals(first.context.state, second.context.state);
  assertNotEquals(first.context.codeVerifier, second.context.codeVerifier);
});

test("authorize expects the callback to contain the state from the login page's URL", async () => {
  const fetch = answeringJson({ url: "https://idp.example/auth?state=theirs" });
  const { context } = await authorize(REDIRECT_URI, { baseUrl, fetch });
  assertEquals(context.state, "theirs");
});

test("authorize expects the state that it sent if the login page's URL has none", async () => {
  const { fetch, requests } = recording(
    answeringJson({ url: "https://idp.example/auth?request_uri=urn:x" }),
  );
  const { context } = await authorize(REDIRECT_URI, { baseUrl, fetch });
  assertEquals(context.state, (await requests[0]!.json()).state);
});

test("authorize ignores an empty or repeated state in the login page's URL", async () => {
  for (const query of ["state=", "state=theirs&state=", "state=a&state=b"]) {
    const { fetch, requests } = recording(
      answeringJson({ url: `https://idp.example/auth?${query}` }),
    );
    const { context } = await authorize(REDIRECT_URI, { baseUrl, fetch });
    assertEquals(context.state, (await requests[0]!.json()).state, query);
  }
});

test("authorize rejects a login page whose URL is not http or https", async () => {
  for (const url of ["javascript:alert(1)", "/auth", "", "ftp://idp.example"]) {
    const fetch = answeringJson({ url });
    await assertRejects(
      () => authorize(REDIRECT_URI, { baseUrl, fetch }),
      ProtocolError,
      "not an http or https URL",
    );
  }
});

test("authorize rejects a redirect URI that is relative or has a fragment", async () => {
  for (
    const redirectUri of [
      "",
      "/callback",
      "app.example/callback",
      "https://app.example/#/callback",
    ]
  ) {
    await assertRejects(
      () => authorize(redirectUri, { baseUrl, fetch: refusing }),
      TypeError,
      "must be an absolute URL",
    );
  }
});

test("authorize normalizes the redirect URI, as servers do in the callback", async () => {
  const cases = {
    "https://APP.example:443": "https://app.example/",
    "https://app.example/ä b": "https://app.example/%C3%A4%20b",
    "app.immich:///oauth-callback": "app.immich:///oauth-callback",
  };
  for (const [given, normalized] of Object.entries(cases)) {
    const server = new FakeImmich();
    const { fetch, requests } = recording(server.fetch);
    const { url, context } = await authorize(given, { baseUrl, fetch });
    await callback(await visit(server, url), context, { fetch });
    const [begun, ended] = await Promise.all(
      requests.map((request) => request.json()),
    );
    const [posted] = ended.url.split("?");
    assertEquals([begun.redirectUri, posted], [normalized, normalized]);
  }
});

test("authorize reports that OAuth is disabled on the server", async () => {
  const { fetch } = new FakeImmich({ provider: "off" });
  const error = await assertRejects(
    () => authorize(REDIRECT_URI, { baseUrl, fetch }),
    HttpError,
  );
  assertEquals(error.serverMessage, "OAuth is not enabled");
});

test("an OAuth sign-in returns a session even if its context was stored as JSON", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  const { url, context } = await authorize(REDIRECT_URI, { baseUrl, fetch });
  const stored = JSON.parse(JSON.stringify(context));
  const session = await callback(await visit(server, url), stored, { fetch });
  assertEquals(session.baseUrl, baseUrl);
  assertEquals(session.userId, server.user.id);
  assertEquals(session.authType, "oauth");
  const { email } = await currentUser(session, { fetch });
  assertEquals(email, server.user.email);
});

test("an OAuth sign-in behind a proxy posts the original redirect URI", async () => {
  const server = new FakeImmich();
  const { url, context } = await authorize(REDIRECT_URI, {
    baseUrl,
    fetch: server.fetch,
  });
  const { search } = new URL(await visit(server, url));
  const { fetch, requests } = recording(server.fetch);
  await callback(`http://localhost:8000/inside${search}`, context, { fetch });
  const posted = await requests[0]!.json();
  assertEquals(posted.url, REDIRECT_URI + search);
});

test("callback posts the callback URL, the state and the code verifier", async () => {
  const server = new FakeImmich();
  const { url, context } = await authorize(REDIRECT_URI, {
    baseUrl,
    fetch: server.fetch,
  });
  const callbackUrl = await visit(server, url);
  const { fetch, requests } = recording(server.fetch);
  await callback(new URL(callbackUrl), context, { fetch });
  assertEquals(requests.length, 1);
  assertEquals(await requests[0]!.json(), {
    url: callbackUrl,
    state: context.state,
    codeVerifier: context.codeVerifier,
  });
});

test("callback restores slashes that were lost from the mobile app's redirect URI", async () => {
  const server = new FakeImmich();
  const { url, context } = await authorize("app.immich:///oauth-callback", {
    baseUrl,
    fetch: server.fetch,
  });
  const collapsed = (await visit(server, url)).replace(":///", ":/");
  const { fetch, requests } = recording(server.fetch);
  await callback(collapsed, context, { fetch });
  const posted = await requests[0]!.json();
  assertMatch(posted.url, /^app\.immich:\/\/\/oauth-callback\?code=/);
});

test("callback completes all local checks before sending a request", async () => {
  const { fetch } = new FakeImmich();
  const { context } = await authorize(REDIRECT_URI, { baseUrl, fetch });
  const { state } = context;
  const cases = {
    [`?error=access_denied&state=${state}`]: "oauth_denied",
    "?code=1&state=other": "oauth_state_mismatch",
    [`?state=${state}`]: "oauth_callback",
  };
  for (const [query, code] of Object.entries(cases)) {
    const error = await assertRejects(
      () => callback(REDIRECT_URI + query, context, { fetch: refusing }),
      OAuthError,
    );
    assertEquals(error.code, code);
  }
  const late = testEnv({ now: () => Date.now() + 600_001 });
  const url = `${REDIRECT_URI}?code=1&state=${state}`;
  const error = await assertRejects(
    () => callbackWith(url, context, { fetch: refusing }, late),
    OAuthError,
  );
  assertEquals(error.code, "oauth_context");
});

test("callback leaves its context unchanged", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  const { url, context } = await authorize(REDIRECT_URI, { baseUrl, fetch });
  const before = structuredClone(context);
  const callbackUrl = await visit(server, url);
  await callback(callbackUrl, Object.freeze(context), { fetch });
  assertEquals(context, before);
});

test("an OAuth code can be sent again if it has not reached the server", async () => {
  const server = new FakeImmich();
  const { url, context } = await authorize(REDIRECT_URI, {
    baseUrl,
    fetch: server.fetch,
  });
  const callbackUrl = await visit(server, url);
  const offline = () => Promise.reject(new TypeError("offline"));
  await assertRejects(
    () => callback(callbackUrl, context, { fetch: offline }),
    ConnectionError,
  );
  const session = await callback(callbackUrl, context, { fetch: server.fetch });
  assertEquals(session.userId, server.user.id);
});

test("the server rejects a second callback with the same OAuth code", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  const { url, context } = await authorize(REDIRECT_URI, { baseUrl, fetch });
  const callbackUrl = await visit(server, url);
  await callback(callbackUrl, context, { fetch });
  const error = await assertRejects(
    () => callback(callbackUrl, context, { fetch }),
    OAuthError,
    'the provider or the server failed; the server answered 500 "Failed to finish oauth" (correlation id ',
  );
  assertEquals(error.code, "oauth_callback");
  assertMatch(error.correlationId ?? "", /^\w+$/);
  assertInstanceOf(error.cause, HttpError);
  assert(!error.retryable);
});

test("callback throws an OAuthError for a 5xx status and an HttpError for a 4xx", async () => {
  for (const status of [500, 502, 503, 504]) {
    const context = freshContext();
    const fetch = answeringJson({ message: "Internal server error" }, status);
    const url = `${REDIRECT_URI}?code=1&state=s`;
    const error = await assertRejects(
      () => callback(url, context, { fetch }),
      OAuthError,
    );
    assertEquals(error.code, "oauth_callback");
  }
  const fetch = answeringJson({ message: "OAuth authentication failed" }, 400);
  const error = await assertRejects(
    () => callback(`${REDIRECT_URI}?code=1&state=s`, freshContext(), { fetch }),
    HttpError,
  );
  assertEquals(error.serverMessage, "OAuth authentication failed");
});

test("callback rejects a response without an access token", async () => {
  const fetch = answeringJson({ userId: "1" }, 201);
  await assertRejects(
    () => callback(`${REDIRECT_URI}?code=1&state=s`, freshContext(), { fetch }),
    ProtocolError,
    "Cannot finish the OAuth sign-in",
  );
});

function freshContext() {
  return {
    baseUrl,
    redirectUri: REDIRECT_URI,
    state: "s",
    codeVerifier: "v".repeat(64),
    createdAt: Date.now(),
  };
}

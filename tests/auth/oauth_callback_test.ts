import { assert, assertEquals, assertThrows } from "@std/assert";
import { OAuthError } from "../../src/errors/mod.ts";
import {
  checkCallback,
  type OAuthContext,
} from "../../src/auth/oauth_callback.ts";
import { test } from "../support/test.ts";

const CONTEXT: OAuthContext = {
  baseUrl: "https://immich.test",
  redirectUri: "https://app.example/callback",
  state: "uNlGt2Acv8Zls2DUWS5MjA",
  codeVerifier:
    "R-X_UaOCJfO29G1EInEuW4bod_AVFjkWD04RpTQ0uO9fpSnFyiNMa4GSMmiW-kwq",
  createdAt: 1_000_000,
};
const { state, createdAt } = CONTEXT;
const MAX_AGE_MS = 600_000;

function refuse(
  query: string,
  changes: Partial<OAuthContext> = {},
  { maxAgeMs = MAX_AGE_MS as number | false, age = 0 } = {},
): OAuthError {
  const url = `https://app.example/callback${query}`;
  const context = { ...CONTEXT, ...changes };
  const now = CONTEXT.createdAt + age;
  return assertThrows(
    () => checkCallback(url, context, maxAgeMs, now),
    OAuthError,
  );
}

/** Reads the callback URL of a sign-in that has the given redirect URI. */
function accept(callbackUrl: string | URL, redirectUri = CONTEXT.redirectUri) {
  const context = { ...CONTEXT, redirectUri };
  return checkCallback(callbackUrl, context, MAX_AGE_MS, createdAt);
}

test("an OAuth callback URL whose state matches the context yields its code", () => {
  const url = `https://app.example/callback?code=a%2Fb&state=${state}&iss=x`;
  assertEquals(accept(url), { code: "a/b", url });
  assertEquals(accept(new URL(url)), { code: "a/b", url });
});

test("the URL posted to the server is the redirect URI with the callback's query", () => {
  const query = `?code=1&state=${state}`;
  const cases: [redirectUri: string, callbackUrl: string, posted: string][] = [
    // A proxy may terminate TLS, change the port, and add or remove a path.
    ["https://a.example/cb", "http://a.example/cb", "https://a.example/cb"],
    [
      "https://a.example/cb",
      "http://localhost:8000/cb",
      "https://a.example/cb",
    ],
    [
      "https://a.example/x/cb",
      "https://a.example/cb",
      "https://a.example/x/cb",
    ],
    ["https://a.example/cb", "https://a.example/x/cb", "https://a.example/cb"],
    // Unlike a URL, a redirect URI is not normalized.
    ["https://A.example:443", "http://10.0.0.1/", "https://A.example:443"],
    // Some providers collapse the slashes of the mobile app's redirect URI.
    ["app.immich:///oauth", "app.immich:/oauth", "app.immich:///oauth"],
    ["app.immich:///oauth", "app.immich://oauth", "app.immich:///oauth"],
    ["app.immich:///oauth", "https://a.example/oauth", "app.immich:///oauth"],
  ];
  for (const [redirectUri, callbackUrl, posted] of cases) {
    const { url } = accept(callbackUrl + query, redirectUri);
    assertEquals(url, posted + query, callbackUrl);
  }
});

test("the URL posted to the server has no repeated parameter and no fragment", () => {
  const query = `?tenant=1&code=1&state=${state}`;
  const redirectUri = "https://app.example/callback?tenant=1";
  const { url } = accept(
    `http://app.example/callback${query}#_=_`,
    redirectUri,
  );
  assertEquals(url, `https://app.example/callback${query}`);
});

test("an OAuth code or state in the fragment of a callback URL is ignored", () => {
  assertEquals(
    refuse(`#code=abc&state=${state}`).code,
    "oauth_state_mismatch",
  );
  assertEquals(refuse(`?state=${state}#code=abc`).code, "oauth_callback");
});

test("an OAuth callback URL that repeats code, state or iss is rejected", () => {
  const query = `?code=abc&state=${state}`;
  const codes = {
    [`${query}&state=${state}`]: "oauth_state_mismatch",
    [`${query}&state=other`]: "oauth_state_mismatch",
    [`?state=other&code=abc&state=${state}`]: "oauth_state_mismatch",
    [`${query}&code=abc`]: "oauth_callback",
    [`${query}&c%6Fde=other`]: "oauth_callback",
    [`${query}&iss=a&iss=b`]: "oauth_callback",
  };
  for (const [repeated, code] of Object.entries(codes)) {
    assertEquals(refuse(repeated).code, code, repeated);
  }
});

test("the error for a denied sign-in contains the provider's error and description", () => {
  const error = refuse(
    `?error=access_denied&error_description=End-User+aborted+interaction&state=${state}`,
  );
  assertEquals(error.code, "oauth_denied");
  assertEquals(error.error, "access_denied");
  assertEquals(error.error_description, "End-User aborted interaction");
  assertEquals(
    error.message,
    'Cannot finish the OAuth sign-in: the provider answered "access_denied" (End-User aborted interaction)',
  );
  const bare = refuse(`?error=server_error&state=${state}`);
  assertEquals(bare.error_description, undefined);
});

test("a denied sign-in is reported as denied only if the callback's state matches", () => {
  for (
    const query of ["", "&state=", "&state=other", `&state=${state}&state=`]
  ) {
    const { code } = refuse(`?error=access_denied${query}`);
    assertEquals(code, "oauth_state_mismatch", query);
  }
});

test("error messages from an OAuth provider are truncated and put on one line", () => {
  const error = refuse(
    `?error=a%0d%0ab&error_description=${"x".repeat(999)}&state=${state}`,
  );
  assertEquals(error.error, "a b");
  assertEquals(error.error_description, "x".repeat(200) + "…");
});

test("an OAuth callback with a missing or different state is rejected", () => {
  for (
    const query of [
      "?code=abc",
      "?code=abc&state=",
      "?code=abc&state=x",
      `?code=abc&state=${state}x`,
    ]
  ) {
    assertEquals(refuse(query).code, "oauth_state_mismatch", query);
  }
});

test("an OAuth callback without a code is rejected", () => {
  for (const query of [`?state=${state}`, `?state=${state}&code=`]) {
    assertEquals(refuse(query).code, "oauth_callback", query);
  }
});

test("an OAuth context is rejected once it is older than maxAgeMs", () => {
  const query = `?code=abc&state=${state}`;
  const url = `https://app.example/callback${query}`;
  const check = (maxAgeMs: number | false, age: number) =>
    checkCallback(url, CONTEXT, maxAgeMs, createdAt + age);
  assertEquals(check(MAX_AGE_MS, MAX_AGE_MS).code, "abc");
  assertEquals(refuse(query, {}, { age: 600_001 }).code, "oauth_context");
  assertEquals(
    refuse(query, {}, { age: 2, maxAgeMs: 1 }).code,
    "oauth_context",
  );
  assertEquals(check(false, 1e12).code, "abc");
  assertEquals(refuse(query, { createdAt: NaN }).code, "oauth_context");
});

test("an OAuth context from the future is rejected, but small clock skew is allowed", () => {
  const query = `?code=abc&state=${state}`;
  assertEquals(refuse(query, {}, { age: -600_001 }).code, "oauth_context");
  const url = `https://app.example/callback${query}`;
  const skewed = checkCallback(url, CONTEXT, MAX_AGE_MS, createdAt - 60_000);
  assertEquals(skewed.code, "abc");
});

test("an invalid OAuth context is rejected with the code oauth_context", () => {
  const url = `https://app.example/callback?code=abc&state=${state}`;
  const contexts = [
    undefined,
    null,
    {},
    { ...CONTEXT, state: "" },
    {
      ...CONTEXT,
      codeVerifier: "",
    },
    { ...CONTEXT, redirectUri: "/callback" },
    {
      ...CONTEXT,
      redirectUri: undefined,
    },
  ];
  for (const context of contexts) {
    const error = assertThrows(
      () => checkCallback(url, context as OAuthContext, MAX_AGE_MS, createdAt),
      OAuthError,
      "start again with authorize",
    );
    assertEquals(error.code, "oauth_context");
  }
});

test("a callback URL that no OAuth provider would redirect to causes a TypeError", () => {
  const query = `?code=abc&state=${state}`;
  for (
    const url of [
      "",
      query,
      `/callback${query}`,
      "not a url",
      `javascript:alert(1)${query}`,
      `data:text/html,${query}`,
      `other.app:///oauth-callback${query}`,
      `https://user:password@app.example/callback${query}`,
      `https://user@app.example/callback${query}`,
      new Request(`https://app.example/callback${query}`) as unknown as string,
      undefined as unknown as string,
    ]
  ) {
    const error = assertThrows(() => accept(url), TypeError, "callback URL");
    assert(!error.message.includes(state));
  }
});

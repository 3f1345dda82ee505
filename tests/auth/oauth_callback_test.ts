import { assertEquals, assertThrows } from "@std/assert";
import { OAuthError } from "../../src/errors/mod.ts";
import {
  checkCallback,
  type OAuthContext,
  repairAppUri,
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

test("a callback whose state matches its context returns the code", () => {
  const url = `https://app.example/callback?code=abc&state=${state}&iss=x`;
  assertEquals(checkCallback(url, CONTEXT, MAX_AGE_MS, createdAt), "abc");
});

test("a refusal by the provider is reported with its error and description", () => {
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
  const bare = refuse("?error=server_error");
  assertEquals(bare.error_description, undefined);
});

test("error texts from the provider are shortened to one line", () => {
  const error = refuse(`?error=a%0d%0ab&error_description=${"x".repeat(999)}`);
  assertEquals(error.error, "a b");
  assertEquals(error.error_description, "x".repeat(200) + "…");
});

test("a missing or different state is rejected", () => {
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

test("a callback without a code is rejected", () => {
  for (const query of [`?state=${state}`, `?state=${state}&code=`]) {
    assertEquals(refuse(query).code, "oauth_callback", query);
  }
});

test("a context is rejected once it is too old", () => {
  const query = `?code=abc&state=${state}`;
  const url = `https://app.example/callback${query}`;
  const check = (maxAgeMs: number | false, age: number) =>
    checkCallback(url, CONTEXT, maxAgeMs, createdAt + age);
  assertEquals(check(MAX_AGE_MS, MAX_AGE_MS), "abc");
  assertEquals(refuse(query, {}, { age: 600_001 }).code, "oauth_context");
  assertEquals(
    refuse(query, {}, { age: 2, maxAgeMs: 1 }).code,
    "oauth_context",
  );
  assertEquals(check(false, 1e12), "abc");
  assertEquals(refuse(query, { createdAt: NaN }).code, "oauth_context");
});

test("an invalid context is rejected with the code oauth_context", () => {
  const url = `https://app.example/callback?code=abc&state=${state}`;
  const contexts = [undefined, null, {}, { ...CONTEXT, state: "" }, {
    ...CONTEXT,
    codeVerifier: "",
  }];
  for (const context of contexts) {
    const error = assertThrows(
      () => checkCallback(url, context as OAuthContext, MAX_AGE_MS, createdAt),
      OAuthError,
      "start with authorize",
    );
    assertEquals(error.code, "oauth_context");
  }
});

test("an invalid callback URL throws a TypeError", () => {
  for (const url of ["", "/callback?code=abc", "not a url"]) {
    assertThrows(
      () => checkCallback(url, CONTEXT, MAX_AGE_MS, createdAt),
      TypeError,
    );
  }
});

test("the slashes of the mobile app's redirect URI are repaired", () => {
  const repaired = "app.immich:///oauth-callback?code=a&state=b";
  for (const slashes of ["/", "//", "///"]) {
    const url = `app.immich:${slashes}oauth-callback?code=a&state=b`;
    assertEquals(repairAppUri(url), repaired, url);
  }
  const web = "https://app.example/callback?next=app.immich:/x";
  assertEquals(repairAppUri(web), web);
});

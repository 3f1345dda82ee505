import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AuthenticationError,
  createChildSession,
  currentUser,
  login,
  logout,
  ProtocolError,
} from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { answeringJson, refusing, SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";

test("login returns a session with the user's id", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  const session = await login("demo@immich.test", "demo", {
    baseUrl: "https://immich.test/api",
    fetch,
  });
  assertEquals(session, {
    baseUrl: "https://immich.test",
    accessToken: session.accessToken,
    userId: server.user.id,
    authType: "password",
  });
  assertEquals(JSON.parse(JSON.stringify(session)), session);
});

test("login throws an AuthenticationError for a wrong password or unknown user", async () => {
  const { baseUrl, fetch } = new FakeImmich();
  for (const email of ["demo@immich.test", "nobody@immich.test"]) {
    await assertRejects(
      () => login(email, "wrong", { baseUrl, fetch }),
      AuthenticationError,
      'Cannot sign in: the server answered 401 "Incorrect email or password"',
    );
  }
});

test("login rejects an e-mail address or a password that is not a string", async () => {
  const { baseUrl } = SESSION;
  const cases = [["a@immich.test", undefined], ["a@immich.test", 1234], [
    {},
    "x",
  ]];
  for (const [email, password] of cases as [string, string][]) {
    await assertRejects(
      () => login(email, password, { baseUrl, fetch: refusing }),
      TypeError,
      "Cannot sign in: the e-mail address and the password must be strings",
    );
  }
});

test("login rejects a response without a usable access token", async () => {
  for (
    const value of [
      {},
      { accessToken: "", userId: "1" },
      { accessToken: "a\nb", userId: "1" },
      { accessToken: "é", userId: "1" },
      { accessToken: "a" },
      [],
      "a",
    ]
  ) {
    const options = {
      baseUrl: "https://immich.test",
      fetch: answeringJson(value),
    };
    await assertRejects(() => login("a@b.c", "d", options), ProtocolError);
  }
});

test("logout ends the session and its child sessions", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  const session = server.createSession();
  const child = await createChildSession(session, { fetch });
  assertEquals(await logout(session, { fetch }), {
    successful: true,
    redirectUri: "/auth/login?autoLaunch=0",
  });
  for (const deleted of [session, child]) {
    await assertRejects(
      () => currentUser(deleted, { fetch }),
      AuthenticationError,
    );
  }
});

test(
  "logging out of an OAuth session returns the provider's end-session URL",
  async () => {
    const server = new FakeImmich();
    const session = { ...server.createSession(), authType: "oauth" as const };
    const { redirectUri } = await logout(session, { fetch: server.fetch });
    assert(redirectUri.endsWith("/session/end"), redirectUri);
  },
  { not: { browser: "pages cannot set the Cookie header" } },
);

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  authorize,
  callback,
  currentUser,
  login,
  OAuthError,
  serverVersion,
  syncStream,
} from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { Device, typesOf } from "../support/device.ts";
import { test } from "../support/test.ts";

test("a fake without options has one user with an empty library", async () => {
  const server = new FakeImmich();
  assertEquals(server.user.email, "demo@immich.test");
  assertEquals(server.library.assets, []);
  const lines = await new Device(server).stream(["AuthUsersV1", "AssetsV2"]);
  assertEquals(typesOf(lines), ["AuthUserV1", "SyncCompleteV1"]);
});

test("a fake's user, password, version and address can be set", async () => {
  const server = new FakeImmich({
    baseUrl: "https://photos.test/immich/api/",
    email: "ada@immich.test",
    password: "engine",
    version: { major: 2, minor: 7, patch: 5 },
  });
  const { baseUrl, fetch } = server;
  assertEquals(baseUrl, "https://photos.test/immich");
  assertEquals(server.user.name, "ada");
  await login("ada@immich.test", "engine", { baseUrl, fetch });
  const { minor } = await serverVersion({ baseUrl }, { fetch });
  assertEquals(minor, 7);
});

test("a fake with a sub-path responds under that path", async () => {
  const server = new FakeImmich({ baseUrl: "https://photos.test/immich" });
  const { baseUrl, fetch } = server;
  const session = await login("demo@immich.test", "demo", { baseUrl, fetch });
  assertEquals((await currentUser(session, { fetch })).id, server.user.id);
});

test("a fake records every request", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  await currentUser(server.createSession(), { fetch });
  const [seen] = server.requests;
  assertEquals([seen?.method, seen?.path, seen?.body], [
    "GET",
    "/api/users/me",
    "",
  ]);
  assert(seen?.headers.authorization?.startsWith("Bearer "));
});

test("a fake's user can see other users, but not their assets", async () => {
  const server = new FakeImmich();
  const other = server.library.addUser({ email: "bob@immich.test" });
  server.library.addAsset({ ownerId: other.id });
  const lines = await new Device(server).stream(["UsersV1", "AssetsV2"]);
  assertEquals(typesOf(lines), ["UserV1", "UserV1", "SyncCompleteV1"]);
});

test("a fake's user events contain no secrets", async () => {
  const server = new FakeImmich();
  server.library.addUser({
    email: "bob@immich.test",
    pinCode: "hash",
    oauthId: "id",
  });
  const lines = await new Device(server).stream(["UsersV1"]);
  assertEquals(lines.length, 3);
  for (const { data } of lines) {
    assert(!("pinCode" in data) && !("oauthId" in data));
  }
});

test("an OAuth provider that refuses a sign-in redirects the user with the reason", async () => {
  const server = new FakeImmich({ provider: "refuse" });
  const { baseUrl, fetch } = server;
  const { url, context } = await authorize("https://app.example/cb", {
    baseUrl,
    fetch,
  });
  const { headers } = await fetch(url, { redirect: "manual" });
  const error = await assertRejects(
    () => callback(headers.get("location")!, context, { fetch }),
    OAuthError,
  );
  assertEquals(error.error_description, "End-User aborted interaction");
});

test("an OAuth provider with a login page lets the user accept or refuse", async () => {
  const server = new FakeImmich({ provider: "page" });
  const { baseUrl, fetch } = server;
  const { url, context } = await authorize("https://app.example/cb", {
    baseUrl,
    fetch,
  });
  const page = await (await fetch(url)).text();
  const links = Array.from(
    page.matchAll(/id="(\w+)" href="([^"]+)"/g),
    ([, id, href]) => [id, href!.replaceAll("&amp;", "&")],
  );
  const { approve, refuse } = Object.fromEntries(links);
  const refused = (await fetch(refuse)).headers.get("location")!;
  assertEquals(new URL(refused).searchParams.get("error"), "access_denied");
  const approved = (await fetch(approve)).headers.get("location")!;
  const session = await callback(approved, context, { fetch });
  assertEquals(session.userId, server.user.id);
});

test("a fake rejects a recording without an AuthUserV1 event", () => {
  assertThrows(
    () =>
      new FakeImmich({
        recording: '{"type":"SyncCompleteV1","data":{},"ack":""}\n',
      }),
    TypeError,
    "it must contain an AuthUserV1 event",
  );
});

test("an abort ends a fake's stream in memory as it does over a socket", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  const controller = new AbortController();
  const { signal } = controller;
  const session = server.createSession();
  const types = ["AuthUsersV1", "AssetsV1"] as const; // Never ends, because one type is retired.
  const reader = (await syncStream(session, types, { fetch, signal }))
    .getReader();
  await reader.read();
  const pending = reader.read().catch((error) => error);
  controller.abort("enough");
  assertEquals(await pending, "enough");
  await assertRejects(() => server.fetch("https://immich.test/", { signal }));
});

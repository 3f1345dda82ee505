import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AuthenticationError,
  createChildSession,
  currentUser,
  type Fetch,
  HttpError,
  ProtocolError,
} from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import {
  answeringJson,
  recording,
  refusing,
  SESSION,
} from "../support/fetch.ts";
import { test } from "../support/test.ts";

test("a child session has its own token for the same server and user", async () => {
  const server = new FakeImmich();
  const parent = server.createSession();
  const { fetch, requests } = recording(server.fetch);
  const child = await createChildSession(parent, {
    deviceType: "worker",
    deviceOS: "edge",
    durationMs: 1_500,
    fetch,
  });
  assertEquals(await requests[0]!.json(), {
    duration: 2,
    deviceType: "worker",
    deviceOS: "edge",
  });
  assert(child.accessToken !== parent.accessToken);
  assertEquals(child.baseUrl, parent.baseUrl);
  assertEquals(child.userId, server.user.id);
  assert(Date.parse(child.expiresAt ?? "") > Date.now());
});

test("a child session without a duration lasts as long as its parent", async () => {
  const server = new FakeImmich();
  const { fetch, requests } = recording(server.fetch);
  const child = await createChildSession(server.createSession(), { fetch });
  assertEquals(await requests[0]!.json(), {});
  assertEquals(child.expiresAt, undefined);
});

test("a child session expires after its duration", async () => {
  let now = 1_000_000;
  const server = new FakeImmich({ now: () => now });
  const { fetch } = server;
  const parent = server.createSession();
  const child = await createChildSession(parent, { durationMs: 1_000, fetch });
  await currentUser(child, { fetch });
  now += 1_001;
  await assertRejects(() => currentUser(child, { fetch }), AuthenticationError);
});

test("createChildSession reports if a server does not support child sessions", async () => {
  const old = new FakeImmich({ version: { major: 1, minor: 132, patch: 0 } });
  const none = new FakeImmich({ compatible: { childSessions: false } });
  const refuse: Fetch = () =>
    Promise.resolve(new Response("", { status: 405 }));
  for (const fetch of [old.fetch, none.fetch, refuse]) {
    const server = fetch === none.fetch ? none : old;
    const { message } = await assertRejects(
      () => createChildSession(server.createSession(), { fetch }),
      ProtocolError,
    );
    assertEquals(
      message,
      "Cannot create a child session: the server does not support child sessions, which require Immich 1.133 or later; sign in once for each consumer",
    );
  }
});

test("createChildSession does not mistake a 400, 403 or 500 for missing support", async () => {
  const server = new FakeImmich();
  for (const status of [400, 403, 500]) {
    server.inject({ type: "status", status, on: "any" });
    const { fetch } = server;
    const error = await assertRejects(
      () => createChildSession(server.createSession(), { fetch }),
      HttpError,
    );
    assertEquals(error.status, status);
  }
  const fetch = answeringJson({ message: "hello" });
  const session = server.createSession();
  await assertRejects(
    () => createChildSession(session, { fetch }),
    ProtocolError,
    "the response is not what an Immich server sends",
  );
});

test("createChildSession rejects a durationMs that is not positive and finite", async () => {
  for (const durationMs of [0, -1, NaN, Infinity]) {
    await assertRejects(
      () => createChildSession(SESSION, { durationMs, fetch: refusing }),
      RangeError,
      `durationMs must be a positive number, received ${durationMs}`,
    );
  }
});

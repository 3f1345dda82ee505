import { assertEquals, assertRejects } from "@std/assert";
import { currentUser, ProtocolError } from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { answeringJson, SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";

test("currentUser returns the user who signed in", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  const user = await currentUser(server.createSession(), { fetch });
  assertEquals(user.id, server.user.id);
  assertEquals(user.email, server.user.email);
});

test("currentUser rejects a response that is not a user", async () => {
  for (const value of [null, [], {}, { id: 1 }, { id: "1", email: "a@b.c" }]) {
    await assertRejects(
      () => currentUser(SESSION, { fetch: answeringJson(value) }),
      ProtocolError,
      "Cannot read the current user",
    );
  }
});

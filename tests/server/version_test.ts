import { assertEquals, assertRejects } from "@std/assert";
import { ProtocolError, serverVersion } from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { answeringJson, recording, SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";

test("serverVersion sends no token, even if it is given a session", async () => {
  const version = { major: 2, minor: 7, patch: 5 };
  const { fetch, requests } = recording(new FakeImmich({ version }).fetch);
  assertEquals(await serverVersion(SESSION, { fetch }), version);
  assertEquals(requests[0]!.headers.get("authorization"), null);
});

test("serverVersion rejects a malformed version", async () => {
  for (const value of ["3.1.0", {}, { major: "3", minor: 1, patch: 0 }]) {
    const options = { fetch: answeringJson(value) };
    await assertRejects(() => serverVersion(SESSION, options), ProtocolError);
  }
});

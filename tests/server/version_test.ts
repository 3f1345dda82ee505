import { assertEquals, assertRejects } from "@std/assert";
import {
  discover,
  HttpError,
  ProtocolError,
  serverVersion,
} from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { answeringJson, recording, SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";

test("the version is read without a token, even if a session is given", async () => {
  const version = { major: 2, minor: 7, patch: 5 };
  const { fetch, requests } = recording(new FakeImmich({ version }).fetch);
  assertEquals(await serverVersion(SESSION, { fetch }), version);
  assertEquals(requests[0]!.headers.get("authorization"), null);
});

test("a malformed version is rejected", async () => {
  for (const value of ["3.1.0", {}, { major: "3", minor: 1, patch: 0 }]) {
    const options = { fetch: answeringJson(value) };
    await assertRejects(() => serverVersion(SESSION, options), ProtocolError);
  }
});

const discovered = (endpoint: unknown) =>
  recording(answeringJson({ api: { endpoint } }));

test("a relative or absolute endpoint of a server becomes a base URL", async () => {
  const cases = {
    "/api": "https://photos.example.com",
    "/immich/api": "https://photos.example.com/immich",
    "https://api.example.com/api/": "https://api.example.com",
  };
  for (const [endpoint, expected] of Object.entries(cases)) {
    const { fetch, requests } = discovered(endpoint);
    const origin = "https://photos.example.com/some/page";
    assertEquals(await discover(origin, { fetch }), expected);
    assertEquals(
      requests[0]!.url,
      "https://photos.example.com/.well-known/immich",
    );
  }
});

test("an endpoint that is invalid or downgrades from https is rejected", async () => {
  for (
    const endpoint of ["http://photos.example.com/api", "ftp://x", "https://"]
  ) {
    const { fetch } = discovered(endpoint);
    await assertRejects(
      () => discover("https://photos.example.com", { fetch }),
      ProtocolError,
      "Cannot discover the server",
    );
  }
});

test("an origin that names no endpoint is not an Immich server", async () => {
  for (const value of [{}, { api: {} }, { api: { endpoint: 1 } }, []]) {
    const fetch = answeringJson(value);
    await assertRejects(
      () => discover("https://photos.example.com", { fetch }),
      ProtocolError,
    );
  }
  const fetch = answeringJson({ message: "Not found" }, 404);
  await assertRejects(
    () => discover("https://photos.example.com", { fetch }),
    HttpError,
  );
});

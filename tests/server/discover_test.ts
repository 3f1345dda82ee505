import { assertEquals, assertRejects } from "@std/assert";
import { discover, HttpError, ProtocolError } from "../../mod.ts";
import { answering, answeringJson, recording } from "../support/fetch.ts";
import { test } from "../support/test.ts";

const discovered = (endpoint: unknown) =>
  recording(answeringJson({ api: { endpoint } }));

test("discover returns a base URL from a server's relative or absolute endpoint", async () => {
  const cases = {
    "/api": "https://photos.example.com",
    "api": "https://photos.example.com",
    "/immich/api": "https://photos.example.com/immich",
    "https://api.example.com/api/": "https://api.example.com",
    "//api.example.com/api": "https://api.example.com",
  };
  for (const [endpoint, expected] of Object.entries(cases)) {
    const { fetch, requests } = discovered(endpoint);
    assertEquals(
      await discover("https://photos.example.com/", { fetch }),
      expected,
    );
    assertEquals(
      requests.map(({ url }) => url),
      ["https://photos.example.com/.well-known/immich"],
    );
  }
});

test("discover finds a server under a path and resolves its endpoint under that path", async () => {
  const cases = {
    "/api": "https://example.com/photos",
    "https://api.example.com/api": "https://api.example.com",
  };
  for (const [endpoint, expected] of Object.entries(cases)) {
    for (const entered of ["/photos", "/photos/", "/photos/api"]) {
      const { fetch, requests } = discovered(endpoint);
      const address = `https://example.com${entered}`;
      assertEquals(await discover(address, { fetch }), expected);
      assertEquals(
        requests.map(({ url }) => url),
        ["https://example.com/photos/.well-known/immich"],
      );
    }
  }
});

test("discover finds a server if given the address of any of its pages", async () => {
  const elsewhere: Record<string, () => Response> = {
    "not found": () => new Response("{}", { status: 404 }),
    "a page": () => new Response("<!doctype html>"),
    "other JSON": () => Response.json({}),
    "a redirect": () =>
      new Response(null, { status: 302, headers: { location: "/login" } }),
  };
  for (const [name, answer] of Object.entries(elsewhere)) {
    const { fetch, requests } = recording(
      answering(({ url }) =>
        new URL(url).pathname === "/.well-known/immich"
          ? Response.json({ api: { endpoint: "/api" } })
          : answer()
      ),
    );
    const found = await discover("https://example.com/some/page", { fetch });
    assertEquals(found, "https://example.com", name);
    assertEquals(requests.length, 2);
  }
});

test("discover tries no other address if a server is down", async () => {
  const { fetch, requests } = recording(answeringJson({}, 503));
  await assertRejects(
    () => discover("https://example.com/photos", { fetch }),
    HttpError,
  );
  assertEquals(requests.length, 1);
});

test("discover rejects an endpoint that is invalid or downgrades from https", async () => {
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

test("discover reports that an origin without an endpoint is not an Immich server", async () => {
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

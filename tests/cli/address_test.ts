import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { findServer, toAddress } from "../../src/cli/address.ts";
import { UsageError } from "../../src/cli/errors.ts";
import { ConnectionError } from "../../mod.ts";
import { formatVersion } from "../../src/protocol/mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { test } from "../support/test.ts";

test("an address without a scheme is https, or http on the local network", () => {
  const addresses = {
    "photos.example.com": "https://photos.example.com",
    "photos.example.com/": "https://photos.example.com",
    "photos.example.com/api": "https://photos.example.com",
    "photos.example.com:8443/api/": "https://photos.example.com:8443",
    "  https://photos.example.com/immich/api ":
      "https://photos.example.com/immich",
    "HTTPS://Photos.Example.com": "https://photos.example.com",
    "http://photos.example.com": "http://photos.example.com",
    "localhost:2283": "http://localhost:2283",
    "192.168.1.5:2283/api": "http://192.168.1.5:2283",
    "[::1]:2283": "http://[::1]:2283",
    "nas": "http://nas",
    "nas.local:2283": "http://nas.local:2283",
    "8.8.8.8": "https://8.8.8.8",
  };
  assertEquals(Object.keys(addresses).map(toAddress), Object.values(addresses));
});

test("an invalid address is explained without quoting the password in it", () => {
  for (
    const text of ["ftp://a.example", "file:///a", "", " ", "a b", "http://"]
  ) {
    assertThrows(() => toAddress(text), UsageError, "address");
  }
  for (
    const text of ["ada:engine@a.example", "https://ada:engine@a.example/?a=1"]
  ) {
    const { message } = assertThrows(() => toAddress(text), UsageError);
    assertEquals(message.includes("engine"), false, message);
  }
});

test("the server and its version are found from the address of any page", async () => {
  const { baseUrl, fetch } = new FakeImmich();
  for (const page of ["", "/", "/api", "/photos", "/search?query=a#top"]) {
    const found = await findServer(toAddress(baseUrl + page), { fetch });
    assertEquals(found.baseUrl, baseUrl);
    assertEquals(formatVersion(found.version), "3.1.0");
  }
});

test("a server whose proxy hides the discovery path is found at its address", async () => {
  const fake = new FakeImmich();
  const found = await findServer(fake.baseUrl, {
    fetch: (url, init) =>
      url.includes(".well-known")
        ? Promise.resolve(new Response(null, { status: 404 }))
        : fake.fetch(url, init),
  });
  assertEquals(found.baseUrl, fake.baseUrl);
});

test("a server that does not respond causes a ConnectionError", async () => {
  const fetch = () => Promise.reject(new TypeError("connection refused"));
  await assertRejects(
    () => findServer("https://photos.example.com", { fetch }),
    ConnectionError,
  );
});

test("plain http to a public server requires --allow-insecure-http", async () => {
  const { fetch } = new FakeImmich({ baseUrl: "http://photos.example.com" });
  await assertRejects(
    () => findServer("http://photos.example.com", { fetch }),
    UsageError,
    "add --allow-insecure-http",
  );
  const { version } = await findServer("http://photos.example.com", {
    fetch,
    allowInsecureHttp: true,
  });
  assertEquals(formatVersion(version), "3.1.0");
});

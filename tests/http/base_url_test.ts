import { assert, assertEquals, assertThrows } from "@std/assert";
import { isPrivateHost, normalizeBaseUrl } from "../../src/http/base_url.ts";
import { test } from "../support/test.ts";

test("a base URL loses trailing slashes and /api, and keeps its sub-path", () => {
  const cases = [
    ["https://photos.example.com", "https://photos.example.com"],
    ["https://photos.example.com/", "https://photos.example.com"],
    ["https://photos.example.com/api", "https://photos.example.com"],
    ["https://photos.example.com/api/", "https://photos.example.com"],
    ["https://photos.example.com//api//", "https://photos.example.com"],
    ["https://example.com/photos", "https://example.com/photos"],
    ["https://example.com/photos/api/", "https://example.com/photos"],
    ["https://example.com/apiary", "https://example.com/apiary"],
    ["  http://192.168.1.2:2283/api ", "http://192.168.1.2:2283"],
    ["HTTPS://Photos.Example.com:443", "https://photos.example.com"],
  ] as const;
  for (const [given, expected] of cases) {
    assertEquals(normalizeBaseUrl(given), expected);
    assertEquals(normalizeBaseUrl(new URL(given)), expected);
    assertEquals(normalizeBaseUrl(expected), expected, "it is stable");
  }
});

test("a base URL with 100,000 slashes is normalized without delay", () => {
  const url = `https://example.com/${"/".repeat(100_000)}`;
  assertEquals(normalizeBaseUrl(`${url}x`), `${url}x`);
  assertEquals(
    normalizeBaseUrl(`${url}api${url.slice(19)}`),
    "https://example.com",
  );
});

test("an invalid base URL is rejected with a reason", () => {
  const cases: [unknown, string][] = [
    ["photos.example.com", 'must start with "https://" or "http://"'],
    ["photos.example.com:2283", 'must start with "https://" or "http://"'],
    ["ftp://photos.example.com", 'must start with "https://" or "http://"'],
    ["", 'must start with "https://" or "http://"'],
    ["https://", 'must start with "https://" or "http://"'],
    [undefined, "received undefined"],
    [null, "received null"],
    [{}, "received object"],
    ["https://a.example/?x=1", "no user name, password, query or fragment"],
    ["https://a.example/#x", "no user name, password, query or fragment"],
  ];
  for (const [given, message] of cases) {
    assertThrows(() => normalizeBaseUrl(given as string), TypeError, message);
  }
});

test("a base URL with a password is rejected without quoting the password", () => {
  for (
    const url of ["https://ada:hunter2@a.example", "ada:hunter2@a.example"]
  ) {
    const error = assertThrows(() => normalizeBaseUrl(url), TypeError);
    assert(!error.message.includes("hunter2"), error.message);
  }
});

test("hosts on this machine and on local networks count as private", () => {
  const hosts = [
    "localhost",
    "immich.localhost",
    "immich",
    "immich.local",
    "immich.local.",
    "nas.lan",
    "immich.home.arpa",
    "immich.internal",
    "127.0.0.1",
    "127.1.2.3",
    "0x7f.1",
    "2130706433",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.178.20",
    "169.254.1.1",
    "[::1]",
    "[fd12:3456::1]",
    "[fc00::1]",
    "[fe80::1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:169.254.1.1]",
    "[::ffff:172.31.0.1]",
    "[::ffff:192.168.1.1]",
  ];
  for (const host of hosts) {
    assert(isPrivateHost(new URL(`http://${host}`).hostname), host);
  }
});

test("internet hosts that resemble private ones do not count as private", () => {
  const hosts = [
    "photos.example.com",
    "local.example.com",
    "localhost.example.com",
    "192.168.1.1.example.com",
    "10.example.com",
    "example.notlan",
    "8.8.8.8",
    "172.15.0.1",
    "172.32.0.1",
    "192.169.0.1",
    "100.64.0.1",
    "[2001:db8::1]",
    "[fb00::1]",
    "[fec0::1]",
    "[fc::1]",
    "[fe8::1]",
    "[::ffff:a00:1:2]",
    "[::ffff:8.8.8.8]",
    "[::ffff:172.32.0.1]",
  ];
  for (const host of hosts) {
    assert(!isPrivateHost(new URL(`http://${host}`).hostname), host);
  }
});

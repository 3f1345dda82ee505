import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import {
  base64Url,
  codeChallenge,
  createCodeVerifier,
  createState,
  equalsInConstantTime,
} from "../../src/auth/pkce.ts";
import { assertProperty } from "../support/property.ts";
import { test } from "../support/test.ts";

test("the PKCE code challenge matches the example in RFC 7636, appendix B", async () => {
  assertEquals(
    await codeChallenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  );
});

test("PKCE code verifiers have 64 characters, OAuth states have 32, and all are unique", () => {
  const verifiers = Array.from({ length: 100 }, () => createCodeVerifier());
  const states = Array.from({ length: 100 }, () => createState());
  for (const verifier of verifiers) assertMatch(verifier, /^[\w-]{64}$/);
  for (const state of states) assertMatch(state, /^[\w-]{32}$/);
  assertEquals(new Set([...verifiers, ...states]).size, 200);
});

test("base64url strings encode every byte, without padding", () => {
  const filledWith = (length: number, value: number) =>
    base64Url(new Uint8Array(length).fill(value));
  assertEquals(filledWith(48, 0), "A".repeat(64));
  assertEquals(filledWith(48, 255), "_".repeat(64));
  assertEquals(filledWith(24, 0xfb), "-_v7".repeat(8));
});

test("a PKCE code challenge has 43 unreserved characters for every verifier", async () => {
  await assertProperty(
    fc.asyncProperty(
      fc.string({ minLength: 43, maxLength: 128 }),
      async (verifier) =>
        assertMatch(await codeChallenge(verifier), /^[\w-]{43}$/),
    ),
  );
});

test("the constant-time string comparison agrees with ===", () => {
  assert(equalsInConstantTime("", ""));
  assert(!equalsInConstantTime("", "state"));
  assert(!equalsInConstantTime("state", ""));
  assertProperty(
    fc.property(fc.string(), fc.string(), (a, b) => {
      assert(equalsInConstantTime(a, a));
      assertEquals(equalsInConstantTime(a, b), a === b);
    }),
  );
});

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { decrypt, encrypt } from "../../src/seal/cipher.ts";
import { assertProperty } from "../support/property.ts";
import { test } from "../support/test.ts";

const text = fc.string({ unit: "binary" });

test("a string encrypted with Python can be decrypted", async () => {
  // Encrypted with the Python package `cryptography`: AESGCM, and HKDF with
  // SHA-256 and no salt.
  const encrypted =
    "AQABAgMEBQYHCAkKC8ccxZ542Eq4hKOaxGpNVPKjVWf5peUTAZo0pxURUtuH";
  const secret = "0123456789abcdef0123456789abcdef";
  assertEquals(await decrypt(encrypted, secret, "context"), "Grüße, 1, 2, 3");
});

test("an encrypted string can be decrypted with its secret and purpose", async () => {
  await assertProperty(
    fc.asyncProperty(text, text, text, async (text, secret, purpose) => {
      const encrypted = await encrypt(text, secret, purpose);
      assertEquals(await decrypt(encrypted, secret, purpose), text);
    }),
  );
});

test("an encrypted string cannot be decrypted with another secret or purpose", async () => {
  const two = fc.uniqueArray(text, { minLength: 2, maxLength: 2 });
  await assertProperty(
    fc.asyncProperty(text, two, async (text, [one = "", other = ""]) => {
      const encrypted = await encrypt(text, one, one);
      assertEquals(await decrypt(encrypted, other, one), undefined);
      assertEquals(await decrypt(encrypted, one, other), undefined);
    }),
  );
});

test("a string is encrypted with a new nonce each time", async () => {
  const nonces = new Set<string>();
  for (let i = 0; i < 100; i++) {
    const encrypted = await encrypt("a", "b", "c");
    nonces.add(encrypted.slice(0, 16));
  }
  assertEquals(nonces.size, 100);
  assertNotEquals(await encrypt("a", "b", "c"), await encrypt("a", "b", "c"));
});

test("an encrypted string reveals only its length", async () => {
  const encrypted = await encrypt("a".repeat(1000), "secret", "purpose");
  assertEquals(encrypted.length, Math.ceil((1 + 12 + 1000 + 16) * 4 / 3));
  assert(/^[\w-]+$/.test(encrypted));
  assert(!encrypted.includes("YWFh"));
});

test("an encrypted string cannot be decrypted after a change in any position", async () => {
  const changes = fc.record({
    place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    // Mostly characters that a lenient decoder would ignore or treat as
    // equivalent.
    inserted: fc.oneof(
      fc.constantFrom(..."ABgw019-_+/= \t\n."),
      fc.string({ minLength: 0, maxLength: 3 }),
    ),
    replaces: fc.boolean(),
  });
  await assertProperty(
    fc.asyncProperty(text, changes, async (text, change) => {
      const encrypted = await encrypt(text, "secret", "purpose");
      const at = Math.floor(change.place * (encrypted.length + 1));
      const rest = encrypted.slice(change.replaces ? at + 1 : at);
      const changed = encrypted.slice(0, at) + change.inserted + rest;
      fc.pre(changed !== encrypted);
      assertEquals(await decrypt(changed, "secret", "purpose"), undefined);
    }),
    { numRuns: 500 },
  );
});

test("an encrypted string cannot be decrypted after a change to any single digit", async () => {
  // Strings of three lengths, because the last digit encodes 2, 4 or 6 bits.
  for (const text of ["", "a", "ab"]) {
    const encrypted = await encrypt(text, "secret", "purpose");
    for (let at = 0; at < encrypted.length; at++) {
      for (const digit of "AEQgw048-_+/") {
        const changed = encrypted.slice(0, at) + digit +
          encrypted.slice(at + 1);
        const expected = changed === encrypted ? text : undefined;
        assertEquals(await decrypt(changed, "secret", "purpose"), expected);
      }
    }
  }
});

test("a string that is too short or not base64url cannot be decrypted", async () => {
  const strings = ["", "A", "AQ", "AQAA", "AQ==", "ä", "{}", "%00", "\0"];
  const long = ["A", "Q"].map((digit) => digit.repeat(100_000));
  for (const string of [...strings, "AQ".repeat(10), ...long]) {
    assertEquals(await decrypt(string, "secret", "purpose"), undefined);
  }
});

/** What is sealed can be read by the worker alone, and changed by nobody. */
import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { seal, unseal } from "../../../examples/photos/src/seal.ts";
import { assertProperty } from "../../support/property.ts";
import { test } from "../../support/test.ts";

const text = fc.string({ unit: "binary" });

test("a sealed text opens with its secret and purpose", async () => {
  await assertProperty(
    fc.asyncProperty(text, text, text, async (text, secret, purpose) => {
      const sealed = await seal(text, secret, purpose);
      assertEquals(await unseal(sealed, secret, purpose), text);
    }),
  );
});

test("a sealed text does not open with another secret or purpose", async () => {
  await assertProperty(
    fc.asyncProperty(
      text,
      fc.uniqueArray(text, { minLength: 2, maxLength: 2 }),
      async (text, [one = "", other = ""]) => {
        const sealed = await seal(text, one, one);
        assertEquals(await unseal(sealed, other, one), undefined);
        assertEquals(await unseal(sealed, one, other), undefined);
      },
    ),
  );
});

test("a sealed text with a changed, missing or added character does not open", async () => {
  const changes = fc.record({
    place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    // More often than any other, what decoders take for the same.
    by: fc.oneof(
      fc.constantFrom(..."ABgw019-_+/= \t\n."),
      fc.string({ minLength: 0, maxLength: 3 }),
    ),
    isMore: fc.boolean(),
  });
  await assertProperty(
    fc.asyncProperty(text, changes, async (text, { place, by, isMore }) => {
      const sealed = await seal(text, "secret", "purpose");
      const at = Math.floor(place * (sealed.length + 1));
      const rest = sealed.slice(isMore ? at : at + 1);
      const changed = sealed.slice(0, at) + by + rest;
      fc.pre(changed !== sealed);
      assertEquals(await unseal(changed, "secret", "purpose"), undefined);
    }),
    { numRuns: 500 },
  );
});

test("a sealed text with any single digit replaced does not open", async () => {
  for (const text of ["", "a", "ab"]) {
    const sealed = await seal(text, "secret", "purpose");
    for (let at = 0; at < sealed.length; at++) {
      for (const digit of "AEQgw048-_+/") {
        const changed = sealed.slice(0, at) + digit + sealed.slice(at + 1);
        const expected = changed === sealed ? text : undefined;
        assertEquals(await unseal(changed, "secret", "purpose"), expected);
      }
    }
  }
});

test("a text that is too short or not base64 does not open", async () => {
  for (const text of ["", "A", "AAAA", "A".repeat(16), "ä", "{}", "%00"]) {
    assertEquals(await unseal(text, "secret", "purpose"), undefined);
  }
});

test("the same text is sealed differently each time", async () => {
  const [one, other] = [await seal("a", "b", "c"), await seal("a", "b", "c")];
  assertNotEquals(one, other);
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { StoreError } from "../../mod.ts";
import {
  parseStored,
  readText,
  replaceText,
} from "../../src/auth/session_store.ts";
import { SESSION } from "../support/fetch.ts";
import { inspect } from "../support/inspect.ts";
import { memoryStore } from "../support/kept.ts";
import { test } from "../support/test.ts";

const CLAIM = { id: "1", until: 1 };
const LOGIN = { version: 1, login: SESSION };

test("an empty store parses as a record without a session", () => {
  assertEquals(parseStored(undefined), { version: 1 });
});

test("a record with any of its properties can be parsed", () => {
  for (
    const stored of [
      LOGIN,
      { ...LOGIN, session: SESSION, usedAt: 1 },
      { ...LOGIN, claim: CLAIM },
      { version: 1, claim: CLAIM },
    ]
  ) {
    assertEquals<unknown>(parseStored(JSON.stringify(stored)), stored);
  }
});

test("a record with an invalid property cannot be parsed", () => {
  for (
    const stored of [
      { ...LOGIN, version: 2 },
      { ...LOGIN, version: undefined },
      { ...LOGIN, login: { ...SESSION, accessToken: "a\nb" } },
      { ...LOGIN, session: {} },
      { version: 1, session: SESSION },
      { ...LOGIN, usedAt: "1" },
      { ...LOGIN, claim: { id: "1" } },
      { ...LOGIN, claim: { ...CLAIM, id: 1 } },
      { ...LOGIN, claim: null },
    ]
  ) {
    assertEquals(parseStored(JSON.stringify(stored)), undefined);
  }
});

test("null and undefined are both an empty store", async () => {
  for (const empty of [null, undefined]) {
    for (const value of [empty, Promise.resolve(empty)]) {
      const store = { ...memoryStore(), get: () => value };
      assertEquals(await readText(store), undefined);
    }
  }
});

test("a store that returns something other than a string is corrupt", async () => {
  // deno-lint-ignore no-explicit-any
  for (const value of [1, {}, new Uint8Array(1), false] as any[]) {
    const store = { ...memoryStore(), get: () => value };
    const error = await assertRejects(() => readText(store), StoreError);
    assertEquals(error.code, "store_corrupt");
  }
});

test("a text is replaced only if it is the expected one", async () => {
  const store = memoryStore("a");
  assert(!await replaceText(store, "b", "c"));
  assert(!await replaceText(store, undefined, "c"));
  assertEquals(store.text, "a");
  assert(await replaceText(store, "a", "c"));
  assertEquals(store.text, "c");
  assert(await replaceText(store, "c", undefined));
  assertEquals(store.text, undefined);
  assert(await replaceText(store, undefined, "a"));
  assertEquals(store.text, "a");
});

test("replacing a text that is already there writes nothing", async () => {
  const store = memoryStore("a");
  assert(await replaceText(store, "b", "a"));
  assertEquals(store.calls, ["get"]);
});

test("errors of a store that quotes its text contain no secrets", async () => {
  const text = JSON.stringify({ ...LOGIN, session: SESSION });
  const fail = (): never => {
    throw Object.assign(new Error(`cannot write ${text}`), { text });
  };
  const unreadable = { ...memoryStore(), get: fail };
  const unwritable = { ...memoryStore(), set: fail };
  for (
    const call of [
      () => readText(unreadable),
      () => replaceText(unwritable, undefined, text),
    ]
  ) {
    const error = await assertRejects(call, StoreError);
    assertEquals(error.code, "store_failed");
    assert(!inspect(error).includes(SESSION.accessToken.slice(0, 20)));
    assertEquals(error.cause, undefined);
  }
});

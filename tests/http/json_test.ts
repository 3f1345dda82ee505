import { assert, assertEquals } from "@std/assert";
import { isObject, parseJson } from "../../src/http/json.ts";
import { test } from "../support/test.ts";

test("parseJson returns undefined for invalid JSON", () => {
  assertEquals(parseJson('{"a":[1,null]}'), { a: [1, null] });
  assertEquals(parseJson("null"), null);
  for (const text of ["", "{", "{'a':1}", "undefined", '{"a":1}{"a":1}']) {
    assertEquals(parseJson(text), undefined, text);
  }
});

test("a __proto__ key in JSON changes no prototype", () => {
  const value = parseJson('{"__proto__":{"polluted":true}}') as object;
  assertEquals(Object.getPrototypeOf(value), Object.prototype);
  assert(!("polluted" in {}));
});

test("isObject accepts objects and arrays, but not null or primitives", () => {
  for (const value of [{}, []]) assert(isObject(value));
  for (const value of [null, undefined, "", 0, true]) assert(!isObject(value));
});

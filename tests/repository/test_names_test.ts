/** Test names fit on one line of output. */
import { assert, assertEquals } from "@std/assert";
import { sourceFiles } from "../support/sources.ts";
import { test } from "../support/test.ts";

const LONGEST = 80;

/**
 * Matches the name in a call to `test`, `Deno.test`, or a helper such as
 * `workerTest`.
 */
const NAMED =
  /\b\w*[tT]est\(\s*(?:\{\s*name:\s*)?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)/g;

function namesIn(text: string): string[] {
  return Array.from(text.matchAll(NAMED), ([, name]) => name!.slice(1, -1));
}

test("test names have at most 80 characters", async () => {
  const files = (await sourceFiles("tests"))
    .filter(({ path }) => path.endsWith("_test.ts"));
  const names = files.flatMap(({ path, text }) =>
    namesIn(text).map((name) => ({ path, name }))
  );
  assert(names.length > 900, `${names.length} names were found`);
  const long = names.filter(({ name }) => name.length > LONGEST);
  assertEquals(long, []);
});

test("test names are found in every form of call", () => {
  const source = [
    'test("plain", () => {});',
    'workerTest(\n  "on the next line",\n  () => {},\n);',
    "Deno.test(`with ${value}`, () => {});",
    "Deno.test({ name: 'as an option' });",
    "latest(1);",
  ].join("\n");
  assertEquals(namesIn(source), [
    "plain",
    "on the next line",
    "with ${value}",
    "as an option",
  ]);
});

/** The specification says what the code does, and names tests that are there. */
import { assert, assertEquals } from "@std/assert";
import {
  type RunEvent,
  type RunKind,
  TRANSITIONS,
} from "../../src/sync/state.ts";
import { ROOT, sourceFiles } from "../support/sources.ts";
import { test } from "../support/test.ts";

const spec = await Deno.readTextFile(new URL("docs/SPEC.md", ROOT));

test("every test that the specification quotes is there", async () => {
  const names = new Set<string>();
  for (const { text } of await sourceFiles("tests")) {
    for (const [, name] of text.matchAll(/\btest\(\s*["`]([^"`]+)["`]/g)) {
      names.add(name!);
    }
  }
  const quoted = Array.from(
    spec.matchAll(/^ *- "([^"]+)"$/gm),
    ([, name]) => name!.replace(/\s+/g, " "),
  );
  assert(quoted.length > 40, `${quoted.length} tests are quoted`);
  for (const name of quoted) assert(names.has(name), name);
});

test("every numbered test is quoted in the specification", async () => {
  const { text } = (await sourceFiles("tests"))
    .find(({ path }) => path === "sync/run_test.ts")!;
  const names = Array.from(
    text.matchAll(/^test\("(\d [^"]+)"/gm),
    ([, n]) => n,
  );
  assert(names.length > 0);
  for (const name of names) {
    assert(spec.replace(/\s+/g, " ").includes(`"${name}"`), name);
  }
});

test("the transitions of the specification are those of the code", () => {
  const [, table = ""] = /## Transitions[^]*?\n(\|[^]*?)\n\n/.exec(spec) ?? [];
  const [head = [], , ...rows] = table.split("\n").map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  );
  const events = head.slice(1) as RunEvent[];
  const specified = Object.fromEntries(rows.map(([kind = "", ...cells]) => [
    kind.replaceAll("`", ""),
    Object.fromEntries(events.map((event, i) => [event, cells[i] || null])),
  ]));
  assertEquals(specified as Record<RunKind, unknown>, TRANSITIONS);
});

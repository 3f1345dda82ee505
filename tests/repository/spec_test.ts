/** The specification matches the code, and quotes only existing tests. */
import { assert, assertEquals } from "@std/assert";
import { TABLE_NAMES, TABLES, toColumn } from "../../src/mirror/tables.ts";
import { ROOT, sourceFiles } from "../support/sources.ts";
import { test } from "../support/test.ts";

const spec = await Deno.readTextFile(new URL("docs/SPEC.md", ROOT));
const mirror = await Deno.readTextFile(new URL("docs/MIRROR.md", ROOT));

/**
 * Returns the names of all tests as patterns, because some names contain
 * placeholders.
 */
async function testNames(): Promise<RegExp[]> {
  const names: RegExp[] = [];
  for (const { text } of await sourceFiles("tests")) {
    // Some names are in lists of test cases.
    for (
      const [, plain, template] of text.matchAll(
        /(?:\b\w*[tT]est\(\s*|^ {4}name:\s+)(?:"([^"]+)"|`([^`]+)`)/gm,
      )
    ) {
      const parts = (plain ?? template!).split(/\$\{[^}]*\}/).map((part) =>
        part.replace(/[.*+?^$()[\]{}|\\]/g, "\\$&")
      );
      // A name that consists only of placeholders would match everything.
      if (parts.join("").length < 10) continue;
      names.push(new RegExp(`^${parts.join(".*")}$`));
    }
  }
  return names;
}

for (const [name, text] of Object.entries({ SPEC: spec, MIRROR: mirror })) {
  test(`${name}.md quotes only existing tests`, async () => {
    const names = await testNames();
    const quoted = Array.from(
      text.matchAll(/^ *- "([^"]+)"$/gm),
      ([, name]) => name!.replace(/\s+/g, " "),
    );
    assert(quoted.length > 20, `${quoted.length} tests are quoted`);
    for (const quote of quoted) {
      assert(names.some((name) => name.test(quote)), quote);
    }
  });
}

test("the tables in MIRROR.md match the mirror's tables", () => {
  const rows = mirror.split("\n").filter((line) => /^\| `\w+` /.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()).slice(1, -1));
  const specified = rows.filter((cells) => cells.length === 3)
    .map(([table = "", key = "", columns = ""]) => [
      table.replaceAll("`", ""),
      key.replaceAll("`", ""),
      columns,
    ]);
  const expected = TABLE_NAMES.map((table) => {
    const { key, columns } = TABLES[table];
    const list = Object.entries<string>(columns).map(([field, type]) =>
      toColumn(field) + (type === "text" ? "" : ` (${type})`)
    );
    return [table, key.map(toColumn).join(", "), list.join(", ")];
  });
  assertEquals(specified, expected);
});

test("SPEC.md quotes every test whose name starts with an invariant's number", async () => {
  const names = (await sourceFiles("tests"))
    .filter(({ path }) => path.startsWith("sync/"))
    .flatMap(({ text }) =>
      Array.from(text.matchAll(/^test\("(\d: [^"]+)"/gm), ([, name]) => name)
    );
  assert(names.length > 20);
  for (const name of names) {
    assert(spec.replace(/\s+/g, " ").includes(`"${name}"`), name);
  }
});

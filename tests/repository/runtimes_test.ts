/** The same tests run in every runtime, and the README lists the runtimes. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { checkPortable, portableTests } from "../runtimes/portable.ts";
import { isGood, type Numbered, toText } from "../runtimes/report.ts";
import { VERSIONS } from "../runtimes/versions.ts";
import { ROOT, sourceFiles } from "../support/sources.ts";
import { test } from "../support/test.ts";

test("the README lists every runtime and version used to run the tests", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const [, section = ""] = readme.split("## Tested with\n");
  const [table = ""] = /^\|[\s\S]*?\|\n(?=\n)/m.exec(section) ?? [];
  const rows = table.split("\n").slice(2, -1)
    .map((row) => row.split("|").map((cell) => cell.trim()));
  const listed = rows.map(([, name, version]) =>
    // Chromium's version is the one in Debian.
    name === "Chromium" ? name : `${name} ${version}`
  );
  const expected: string[] = [];
  for (const { name, versions } of Object.values(VERSIONS)) {
    if (name === "Chromium") expected.push(name);
    else {for (const version of await versions()) {
        expected.push(`${name} ${version}`);
      }}
  }
  assertEquals(listed, expected);
  for (const [, name, , passed] of rows) assert(Number(passed) > 400, name);
});

test("every runtime has a task that runs all of the library's tests", async () => {
  const { default: config } = await import("../../deno.json", {
    with: { type: "json" },
  });
  for (const name of Object.keys(VERSIONS)) {
    assert(name === "deno" || `test:${name}` in config.tasks, name);
  }
  const portable = await portableTests();
  const left = (await sourceFiles("tests")).map(({ path }) => path)
    .filter((path) => !portable.includes(`tests/${path}`))
    .filter((path) =>
      /^(?!repository|package|tools|cli|live|mirror|examples|bench|recipes)\S*_test\.ts$/
        .test(
          path,
        )
    );
  assertEquals(left.sort(), [
    "faults/fake_test.ts",
    "fuzz/long_fuzz_test.ts",
    "model/long_test.ts",
    "sync/memory_test.ts",
    "testing/long_snapshot_test.ts",
    "testing/socket_test.ts",
  ]);
});

test("each replacement for a test support file has all of the original's exports", async () => {
  for (const name of ["files", "inspect", "sockets", "test"]) {
    const ours = await import(`../support/${name}.ts`);
    const theirs = await import(`../runtimes/inside/support/${name}.ts`);
    for (const key of Object.keys(ours)) assert(key in theirs, key);
  }
});

test("a test file that only Deno can run is reported by name", () => {
  const code = "// tests/a_test.ts\n/* Deno.serve */\n// tests/b_test.ts\n";
  checkPortable(code);
  assertThrows(
    () => checkPortable(`${code}  await Deno.open("");\n`),
    Error,
    "tests/b_test.ts uses Deno outside tests/support",
  );
});

test("a runtime's tests succeed only if every test ran and none failed", () => {
  const outcome: Numbered = { name: "it", state: "passed", index: 0, of: 1 };
  const runtime = "Node 20";
  assert(isGood({ runtime, outcomes: [outcome] }));
  assert(!isGood({ runtime, outcomes: [] }));
  assert(!isGood({ runtime, outcomes: [{ ...outcome, of: 2 }] }));
  assert(!isGood({ runtime, outcomes: [outcome], problem: "it crashed" }));
  const failed: Numbered = { ...outcome, state: "failed", reason: "no" };
  assert(!isGood({ runtime, outcomes: [failed] }));
  assertEquals(
    toText({ runtime, outcomes: [failed] }),
    "Node 20: failed: it: no\nNode 20: 0 passed, 1 failed, 0 skipped",
  );
});

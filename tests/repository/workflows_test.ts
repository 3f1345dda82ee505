/**
 * The workflows do what CONTRIBUTING.md says, and have no more permissions than
 * they need.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

const FILES = ["ci.yml", "publish.yml"];

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

test("every action in a workflow is pinned to a version", async () => {
  for (const file of FILES) {
    const text = await read(`.github/workflows/${file}`);
    const actions = Array.from(text.matchAll(/uses: (\S+)/g), ([, a]) => a!);
    assert(actions.length > 0);
    for (const action of actions) {
      assert(/@v\d+\.\d+\.\d+$|@[0-9a-f]{40}$/.test(action), action);
    }
  }
});

test("only the publish jobs get an id token, and only after the tests", async () => {
  const [before = "", jsr = "", npm = ""] = (await read(
    ".github/workflows/publish.yml",
  )).split(/^ {2}(?:jsr|npm):$/m);
  assertStringIncludes(before, ".ci/run");
  for (const job of [jsr, npm]) {
    assertStringIncludes(job, "needs: test");
    assertStringIncludes(job, "id-token: write");
  }
  const others = before + await read(".github/workflows/ci.yml");
  assert(!/: write/.test(others));
  assert(!/secrets\./.test(others + jsr + npm), "a secret is used");
});

test("every workflow runs the same Deno version as .ci/run", async () => {
  const versionsOf = (text: string) =>
    new Set(text.match(/deno@\d+\.\d+\.\d+/g));
  const expected = versionsOf(await read(".ci/run"));
  assertEquals(expected.size, 1);
  const publish = await read(".github/workflows/publish.yml");
  assertEquals(versionsOf(publish), expected);
  assertStringIncludes(await read(".github/workflows/ci.yml"), "run: .ci/run");
});

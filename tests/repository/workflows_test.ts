/**
 * The workflows do what CONTRIBUTING.md says, and have no more permissions than
 * they need.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { filesBelow } from "../../tools/files.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

const FILES = await filesBelow(".github/workflows");

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

test("every action in a workflow is pinned to a commit, and names its version", async () => {
  const commits = new Map<string, string>();
  for (const file of FILES) {
    const text = await read(file);
    const uses = Array.from(text.matchAll(/uses: (.*)$/gm), ([, use]) => use!);
    for (const use of uses) {
      const [, action, commit, version] =
        /^([\w-]+\/[\w-]+)@([\da-f]{40}) # v(\d+\.\d+\.\d+)$/.exec(use) ?? [];
      assert(commit !== undefined, `${file}: ${use}`);
      const pinned = `${commit} ${version}`;
      assertEquals(commits.get(action!) ?? pinned, pinned, file);
      commits.set(action!, pinned);
    }
  }
  assert(commits.has("actions/checkout"));
});

test("only the publish jobs get an id token, and only after the tests", async () => {
  const text = await read(".github/workflows/publish.yml");
  const [before = "", ...parts] = text.split(
    /^ {2}(?=(?:test|jsr|npm|release):$)/m,
  );
  const jobs = new Map(parts.map((part) => [part.split(":")[0], part]));
  assertEquals([...jobs.keys()], ["test", "jsr", "npm", "release"]);
  const writable = (part: string) => part.match(/[\w-]+(?=: write)/g) ?? [];
  assertEquals(writable(before), []);
  assertStringIncludes(before, "permissions:\n  contents: read\n");
  assertStringIncludes(jobs.get("test")!, "run: .ci/run");
  assertEquals(writable(jobs.get("test")!), []);
  for (const name of ["jsr", "npm"]) {
    assertStringIncludes(jobs.get(name)!, "needs: test\n");
    assertEquals(writable(jobs.get(name)!), ["id-token"]);
  }
  assertStringIncludes(jobs.get("release")!, "needs: [jsr, npm]\n");
  assertEquals(writable(jobs.get("release")!), ["contents"]);
  assertEquals(writable(await read(".github/workflows/ci.yml")), []);
  for (const file of FILES) {
    assert(!(await read(file)).includes("secrets."), `${file} uses a secret`);
  }
});

test("JSR and npm receive the provenance of a release", async () => {
  const text = await read(".github/workflows/publish.yml");
  assert(/deno@\S+ publish$/m.test(text));
  assertStringIncludes(text, "npm publish --provenance ");
  assert(!text.includes("--no-provenance"));
});

test("only the job that reports failures of the live suite can open issues", async () => {
  const [before = "", report = ""] = (await read(".github/workflows/live.yml"))
    .split(/^ {2}report:$/m);
  assert(!/: write/.test(before));
  assertStringIncludes(report, "if: failure()");
  assertEquals(report.match(/\w+: write/g), ["issues: write"]);
});

test("the job that builds the site cannot publish it", async () => {
  const [build = "", publish = ""] = (await read(".github/workflows/site.yml"))
    .split(/^ {2}publish:$/m);
  assert(!/: write|secrets\./.test(build));
  const permissions = publish.match(/[\w-]+: write/g);
  assertEquals(permissions, ["pages: write", "id-token: write"]);
  assert(!publish.includes("run:"));
});

test("every workflow runs the same Deno version as .ci/run", async () => {
  const versionsOf = (text: string) =>
    new Set(text.match(/deno@\d+\.\d+\.\d+/g));
  const expected = versionsOf(await read(".ci/run"));
  assertEquals(expected.size, 1);
  for (const file of ["live.yml", "publish.yml", "site.yml"]) {
    const text = await read(`.github/workflows/${file}`);
    assertEquals(versionsOf(text), expected);
  }
  assertStringIncludes(await read(".github/workflows/ci.yml"), "run: .ci/run");
});

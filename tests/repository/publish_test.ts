/** What is published on JSR, and what JSR's score depends on. */
import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { filesBelow } from "../../tools/files.ts";
import { publishedFiles } from "../../tools/published.ts";
import { runDeno } from "../../tools/run.ts";
import { ROOT, sourceFiles } from "../support/sources.ts";
import { test } from "../support/test.ts";

/** Returns the files that would be published, according to Deno. */
async function dryRun(): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty", "--no-check"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  assert(success, text);
  const lines = text.matchAll(/^ +(file:\/\/\S+) \(.*B\)$/gm);
  return Array.from(lines, ([, url]) => url!.slice(ROOT.href.length)).sort();
}

test("the published files are sources and documents, not tests or tools", async () => {
  const sources = await sourceFiles("src");
  const documents = await filesBelow("docs");
  assert(documents.every((path) => path.endsWith(".md")));
  const expected = [
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "deno.json",
    "mod.ts",
    ...documents,
    ...sources.map(({ path }) => `src/${path}`),
  ].sort();
  assertEquals(await dryRun(), expected);
  assertEquals(await publishedFiles(), expected);
});

test("every link in a published document has an existing target", async () => {
  const files = await publishedFiles();
  for (const file of files.filter((path) => path.endsWith(".md"))) {
    const text = await Deno.readTextFile(new URL(file, ROOT));
    for (const [, target] of text.matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      const url = new URL(target!, new URL(file, ROOT));
      if (url.protocol !== "file:") continue;
      const path = url.href.slice(ROOT.href.length);
      await Deno.stat(url);
      // JSR and npm resolve links to unpublished files against the repository.
      assert(
        files.includes(path) || /^(?:examples|tests)\//.test(path),
        `${file} links to ${path}`,
      );
      assert(!target!.startsWith("/"), `${file} links to ${target}`);
    }
  }
});

test("every entry point has a description with an example", async () => {
  for (const path of Object.values(config.exports)) {
    const text = await Deno.readTextFile(new URL(path, ROOT));
    const [doc = ""] = /^\/\*\*[\s\S]*?\*\//.exec(text) ?? [];
    assert(doc.includes("@module"), path);
    // A script is run, not imported.
    if (path === config.exports["./cli"]) assert(doc.includes("```sh"), path);
    else assert(doc.includes("@example") && doc.includes("```ts"), path);
  }
});

test("every symbol of every entry point is documented", async () => {
  await runDeno("doc", "--lint", ...Object.values(config.exports));
});

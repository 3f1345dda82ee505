/** The issue forms, and the links to this repository. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { filesBelow } from "../../tools/files.ts";
import { REPOSITORY } from "../../tools/repository.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

test("the bug form asks for the server's version and the output of status", async () => {
  const form = await read(".github/ISSUE_TEMPLATE/bug.yml");
  const fields = form.split(/^ {2}- type: /m);
  const field = (id: string) =>
    fields.find((text) => text.includes(`\n    id: ${id}\n`)) ?? "";
  assertStringIncludes(field("server"), "required: true");
  assertStringIncludes(field("status"), "mirror.status()");
  const ids = Array.from(form.matchAll(/^ {4}id: (.*)$/gm), ([, id]) => id);
  assertEquals(ids.length, new Set(ids).size);
});

test("every link to this repository contains the same address", async () => {
  const files = [
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    ...await filesBelow(".github"),
    ...await filesBelow("docs"),
  ];
  const links: string[] = [];
  for (const file of files.filter((path) => /\.(?:md|yml)$/.test(path))) {
    const urls = (await read(file)).match(/https:\/\/github\.com\/[^\s)"]+/g);
    for (const url of urls ?? []) {
      if (/\/(?:security\/advisories|releases|issues)\b/.test(url)) {
        links.push(`${file}: ${url}`);
      }
    }
  }
  assert(links.length > 3);
  for (const link of links) assertStringIncludes(link, `: ${REPOSITORY}/`);
});

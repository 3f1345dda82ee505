/** The index of the recipes. */
import { assert, assertEquals } from "@std/assert";
import { filesBelow } from "../../tools/files.ts";
import { filesIn, recipe } from "../support/recipes.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

const pages = (await filesBelow("docs/recipes"))
  .map((path) => path.replace(/^docs\/recipes\/|\.md$/g, ""))
  .filter((page) => page !== "README");

test("the README of the recipes lists every recipe", async () => {
  const links = (await recipe("README")).matchAll(/\]\(([\w-]+)\.md\)/g);
  assertEquals(Array.from(links, ([, page]) => page!).sort(), pages.sort());
});

test("every recipe has a program and a test that runs this program", async () => {
  const tests = [
    ...await filesBelow("tests/recipes"),
    ...await filesBelow("tests/package/recipes"),
  ].filter((path) => !path.endsWith("/index_test.ts"));
  const sources = await Promise.all(
    tests.map((path) => Deno.readTextFile(new URL(path, ROOT))),
  );
  for (const page of pages) {
    assert((await filesIn(page)).size > 0, page);
    const pattern = new RegExp(`(?:filesIn|recipeProject)\\([^)]*"${page}"`);
    assert(sources.some((text) => pattern.test(text)), page);
  }
});

/** What publint and "Are the Types Wrong?" find in the npm package. */
import { assertEquals } from "@std/assert";
import { run } from "../../tools/run.ts";
import { test } from "../support/test.ts";
import { tarball } from "./tarball.ts";

test("publint finds nothing to improve in the npm package", async () => {
  const output = await run("npx", [
    "-y",
    "publint@0.3.25",
    tarball,
    "--strict",
  ]);
  assertEquals(output.trim().split("\n").at(-1), "All good!");
});

test("types resolve for every entry point if package exports are supported", async () => {
  // The package has no CommonJS: `require` loads the same files.
  const profile = ["--profile", "esm-only"];
  const args = ["-y", "@arethetypeswrong/cli@0.18.5", tarball, ...profile];
  await run("npx", [...args, "--no-color", "--no-emoji"]);
});

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { sessionIds } from "../support/kept.ts";
import { test } from "../support/test.ts";
import { type Setup, setUp } from "./harness.ts";

async function mirrored(): Promise<Setup> {
  const all = await setUp();
  for (let i = 0; i < 3; i++) all.fake.library.addAsset();
  await all.login();
  await all.cli(["mirror", all.file]);
  return all;
}

function change({ file }: Setup, sql: string): void {
  using database = new DatabaseSync(file);
  database.exec(sql);
}

test("audit confirms that a copy matches, and leaves no session behind", async () => {
  await using all = await mirrored();
  const sessions = await sessionIds(all.fake);
  const { code, stdout, stderr } = await all.cli(["audit", all.file]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout, `${all.file} matches the server\n`);
  assertEquals(await sessionIds(all.fake), sessions);
});

test("audit lists missing, extra and different rows, and exits with code 1", async () => {
  await using all = await mirrored();
  const [first, second] = all.fake.library.assets;
  change(all, `DELETE FROM assets WHERE id = '${first!.id}'`);
  change(
    all,
    `UPDATE exif SET city = 'Zürich' WHERE asset_id = '${second!.id}'`,
  );
  const { code, stdout } = await all.cli(["audit", all.file]);
  assertEquals(code, 1);
  assertEquals(stdout.trim().split("\n"), [
    `${all.file} differs from the server:`,
    `  missing    assets id="${first!.id}"`,
    `  different  exif asset_id="${second!.id}": city`,
    `To repair the file, run: immich-sync mirror ${all.file} --full`,
  ]);
  const json = await all.cli(["audit", all.file, "--json"]);
  assertEquals(json.code, 1);
  const { ok, missing, different } = JSON.parse(json.stdout);
  assertEquals([ok, missing.length, different.length], [false, 1, 1]);
  await all.cli(["mirror", all.file, "--full"]);
  assertEquals((await all.cli(["audit", all.file])).code, 0);
});

test("audit lists the first 1,000 differences, and counts the others", async () => {
  await using all = await setUp();
  for (let i = 0; i < 1_001; i++) all.fake.library.addAsset();
  await all.login();
  await all.cli(["mirror", all.file]);
  change(all, "DELETE FROM assets");
  const { stdout } = await all.cli(["audit", all.file]);
  const lines = stdout.trim().split("\n");
  assertEquals(lines.filter((line) => line.includes("missing")).length, 1_000);
  assertEquals(lines.at(-2), "  and 1 more");
});

test("audit shows a bar on a terminal, which the result replaces", async () => {
  await using all = await mirrored();
  const terminal = { stdout: { isTerminal: true } };
  const { stdout } = await all.cli(["audit", all.file], terminal);
  assertMatch(stdout, /^\r\[[·█]+\] .* events?, /);
  assertEquals(
    stdout.split("\r\x1b[K").at(-1),
    `${all.file} matches the server\n`,
  );
  const json = await all.cli(["audit", all.file, "--json"], terminal);
  assertEquals(JSON.parse(json.stdout).ok, true);
});

test("audit does not count rows that have changed on the server as differences", async () => {
  await using all = await mirrored();
  all.fake.library.addAsset();
  const { code, stdout } = await all.cli(["audit", all.file]);
  assertEquals(code, 0);
  assertMatch(stdout, /will update 2 more rows, because/);
  await all.cli(["mirror", all.file]);
  all.fake.library.addPerson();
  const one = await all.cli(["audit", all.file]);
  assertMatch(one.stdout, /will update 1 more row, because/);
});

test("check confirms that a file is consistent without contacting the server", async () => {
  await using all = await mirrored();
  await all.cli("logout");
  all.fake.requests.length = 0;
  const { code, stdout } = await all.cli(["check", all.file]);
  assertEquals([code, stdout], [0, `${all.file} is consistent\n`]);
  assertEquals(all.fake.requests.length, 0);
});

test("check lists inconsistencies, and exits with code 1", async () => {
  await using all = await mirrored();
  change(
    all,
    "UPDATE assets SET owner_id = 'someone else' WHERE id IN (SELECT id FROM assets LIMIT 1)",
  );
  const one = await all.cli(["check", all.file]);
  assertStringIncludes(one.stdout, "  assets: 1 row that no share");
  change(all, "UPDATE assets SET owner_id = 'someone else'");
  const { code, stdout } = await all.cli(["check", all.file]);
  assertEquals(code, 1);
  assertStringIncludes(stdout, `${all.file} is inconsistent:\n`);
  assertStringIncludes(
    stdout,
    "  assets: 3 rows that no share or album makes visible\n",
  );
  const json = await all.cli(["check", all.file, "--json"]);
  assertEquals(json.code, 1);
  assertEquals(JSON.parse(json.stdout).unreachable, { assets: 3 });
});

test("check explains that rows whose parent has not arrived are normal", async () => {
  await using all = await mirrored();
  change(all, "DELETE FROM assets WHERE id IN (SELECT id FROM assets LIMIT 1)");
  const { code, stdout } = await all.cli(["check", all.file]);
  assertEquals(code, 0);
  assertEquals(stdout.trim().split("\n"), [
    `${all.file} is consistent`,
    "This is normal while the library is changing:",
    "  exif: 1 row whose parent has not arrived",
  ]);
});

test("audit and check require a file with a mirror, and never create one", async () => {
  await using all = await mirrored();
  const missing = join(all.directory, "missing.db");
  const other = join(all.directory, "other.db");
  change({ ...all, file: other }, "CREATE TABLE notes (text)");
  for (const command of ["audit", "check"]) {
    const none = await all.cli([command, missing]);
    assertEquals([none.code, none.stderr], [
      2,
      `"${missing}" does not exist\n`,
    ]);
    const { code, stderr } = await all.cli([command, other]);
    assertEquals(code, 2);
    assertStringIncludes(
      stderr,
      'does not contain a mirror yet; run "immich-sync mirror"',
    );
  }
  assertEquals(
    Array.from(Deno.readDirSync(all.directory), ({ name }) => name)
      .includes("missing.db"),
    false,
  );
});

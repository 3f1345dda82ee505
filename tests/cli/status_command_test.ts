import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sessionIds } from "../support/kept.ts";
import { test } from "../support/test.ts";
import { setUp } from "./harness.ts";

test("status shows the server, the user, and each copy with its last sync", async () => {
  await using all = await setUp();
  all.fake.library.addAsset();
  await all.login();
  await all.cli(["mirror", all.file]);
  await all.cli(["events", "--ack"]);
  const { code, stdout, stderr } = await all.cli("status");
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(
    stdout,
    "Server     https://immich.test, Immich 3.1.0\n",
  );
  assertStringIncludes(stdout, "User       demo <demo@immich.test>\n");
  assertStringIncludes(stdout, `Copy       ${all.file}\n`);
  assertMatch(stdout, /Last sync {2}\S+ \S+ UTC, \d+ seconds? ago\n/);
  assertStringIncludes(stdout, "Contents   1 photo or video, 4 rows\n");
  assertStringIncludes(stdout, "Copy       events\n");
});

test("status --json prints one object, and status never prints a token", async () => {
  await using all = await setUp();
  await all.login();
  await all.cli(["mirror", all.file]);
  const { code, stdout } = await all.cli("status --json");
  assertEquals(code, 0);
  const { server, version, user, copies } = JSON.parse(stdout);
  assertEquals([server, version, user], [
    "https://immich.test",
    "3.1.0",
    "demo",
  ]);
  assertEquals(copies.map(({ copy }: { copy: string }) => copy), [all.file]);
  const tokens = all.fake.requests.flatMap(({ headers }) =>
    headers.authorization?.replace("Bearer ", "") ?? []
  );
  assert(tokens.length > 0);
  for (const args of ["status", "status --json", "status --debug"]) {
    const { stdout, stderr } = await all.cli(args);
    for (const token of tokens) assert(!(stdout + stderr).includes(token));
  }
});

test("status lists the copies even if the server cannot be reached", async () => {
  await using all = await setUp();
  await all.login();
  await all.cli(["mirror", all.file]);
  const fetch = () => Promise.reject(new TypeError("connection refused"));
  const { code, stdout, stderr } = await all.cli("status", { fetch });
  assertEquals(code, 3);
  assertStringIncludes(stdout, `Copy       ${all.file}\n`);
  assertMatch(stderr, /^Cannot reach .*\n$/);
});

test("status ends the session of a deleted file, and changes no file", async () => {
  await using all = await setUp();
  await all.login();
  await all.cli(["mirror", all.file]);
  const before = await Deno.readFile(all.file);
  await all.cli("status");
  assertEquals(await Deno.readFile(all.file), before);
  await Deno.remove(all.file);
  const fetch = () => Promise.reject(new TypeError("connection refused"));
  const offline = await all.cli("status", { fetch });
  assertStringIncludes(offline.stdout, `"${all.file}" does not exist\n`);
  const { code, stdout } = await all.cli("status");
  assertEquals(code, 0);
  assertStringIncludes(
    stdout,
    "Problem    the file was deleted, so its session has been ended\n",
  );
  assertEquals((await sessionIds(all.fake)).length, 1);
  assert(!(await all.cli("status")).stdout.includes("Copy"));
});

test("status lists a deleted file again if its session could not be ended", async () => {
  await using all = await setUp();
  await all.login();
  await all.cli(["mirror", all.file]);
  await Deno.remove(all.file);
  all.fake.inject({
    type: "status",
    status: 500,
    on: ({ path }) => path.endsWith("/auth/logout"),
  });
  const problem = `Problem    "${all.file}" does not exist\n`;
  assertStringIncludes((await all.cli("status")).stdout, problem);
  assertStringIncludes((await all.cli("status")).stdout, "has been ended\n");
});

test("status shows a copy whose first run has not ended yet", async () => {
  await using all = await setUp();
  await all.login();
  all.fake.inject({ type: "status", status: 403 });
  assertEquals((await all.cli(["mirror", all.file])).code, 3);
  const { stdout } = await all.cli("status");
  assertStringIncludes(stdout, "Last sync  never\n");
  assertStringIncludes(stdout, "Contents   0 photos and videos, 0 rows\n");
});

test("status keeps the session of a file whose whole folder is missing", async () => {
  await using all = await setUp();
  await all.login();
  const disk = join(all.directory, "disk");
  await Deno.mkdir(disk);
  await all.cli(["mirror", join(disk, "photos.db")]);
  const sessions = await sessionIds(all.fake);
  await Deno.rename(disk, `${disk}2`);
  assertStringIncludes((await all.cli("status")).stdout, "does not exist\n");
  assertEquals(await sessionIds(all.fake), sessions);
});

test("status does not list a file that mirror has refused", async () => {
  await using all = await setUp();
  await all.login();
  const sessions = await sessionIds(all.fake);
  {
    using database = new DatabaseSync(all.file);
    database.exec("CREATE TABLE albums (title)");
  }
  assertEquals((await all.cli(["mirror", all.file])).code, 2);
  assert(!(await all.cli("status")).stdout.includes("Copy"));
  assertEquals(await sessionIds(all.fake), sessions);
});

test("an invalid session file is named in the error", async () => {
  await using all = await setUp();
  await all.login();
  await all.cli(["mirror", all.file]);
  const folder = join(all.config, "sessions");
  const [entry] = Deno.readDirSync(folder);
  const path = join(folder, entry!.name);
  await Deno.writeTextFile(path, "{");
  const { code, stderr } = await all.cli(["mirror", all.file]);
  assertEquals(code, 3);
  assertStringIncludes(stderr, path);
});

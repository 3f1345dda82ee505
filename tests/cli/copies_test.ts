import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { Copies } from "../../src/cli/copies.ts";
import { test } from "../support/test.ts";

/** Creates an empty directory for settings, and the copies in it. */
async function setUp() {
  const root = await Deno.makeTempDir();
  const folder = join(root, "immich-sync", "sessions");
  const copies = new Copies({
    env: { XDG_CONFIG_HOME: root },
    home: "/",
    platform: "linux",
  });
  return {
    copies,
    folder,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

test("the list of copies is sorted, and ignores files that are not copies", async () => {
  await using all = await setUp();
  const { copies, folder } = all;
  assertEquals(copies.list(), []);
  for (const copy of ["/b.db", "/a.db"]) copies.setLastRun(copy, "1");
  const files = { "x.json": "{", "y.json": "[]", "z": '{"copy":"/z.db"}' };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(folder, name), text);
  }
  assertEquals(copies.list(), ["/a.db", "/b.db"]);
});

test("a copy's session and last run are stored, until the copy is forgotten", async () => {
  await using all = await setUp();
  const { copies } = all;
  const store = copies.storeOf("/a.db");
  await store.set("session");
  copies.setLastRun("/a.db", "1");
  assertEquals([await store.get(), copies.lastRunOf("/a.db")], [
    "session",
    "1",
  ]);
  copies.forgetSessions();
  assertEquals([await store.get(), copies.lastRunOf("/a.db")], [
    undefined,
    "1",
  ]);
  copies.forget("/a.db");
  assertEquals([copies.list(), copies.lastRunOf("/a.db")], [[], undefined]);
});

test("a folder of sessions that cannot be read is an error, not an empty list", async () => {
  await using all = await setUp();
  const { copies, folder } = all;
  copies.setLastRun("/a.db", "1");
  copies.delete();
  await Deno.symlink(folder, folder);
  assertThrows(() => copies.list(), Error, "ELOOP");
});

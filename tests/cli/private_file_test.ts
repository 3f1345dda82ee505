import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { readIfExists, writePrivate } from "../../src/cli/private_file.ts";
import { test } from "../support/test.ts";

const modeOf = (path: string) => Deno.statSync(path).mode! & 0o777;

test("only the owner can read a private file and its directory", async () => {
  const root = await Deno.makeTempDir();
  try {
    const path = join(root, "a", "b", "login.json");
    assertEquals(readIfExists(path), undefined);
    writePrivate(path, "1");
    writePrivate(path, "2");
    assertEquals(readIfExists(path), "2");
    assertEquals(modeOf(path), 0o600);
    assertEquals(modeOf(join(root, "a", "b")), 0o700);
    assertEquals(Array.from(Deno.readDirSync(join(root, "a", "b"))).length, 1);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

test("a directory that others can read is made private before a secret is written", async () => {
  const root = await Deno.makeTempDir();
  try {
    const directory = join(root, "open");
    await Deno.mkdir(directory, { mode: 0o755 });
    writePrivate(join(directory, "login.json"), "1");
    assertEquals(modeOf(directory), 0o700);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

test("a failed write leaves neither a partial file nor a temporary one", async () => {
  const root = await Deno.makeTempDir();
  try {
    const path = join(root, "login.json");
    await Deno.mkdir(path);
    assertThrows(() => writePrivate(path, "1"));
    assertEquals(Array.from(Deno.readDirSync(root), ({ name }) => name), [
      "login.json",
    ]);
    assertThrows(() => readIfExists(path));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

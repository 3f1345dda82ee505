import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { readIfExists, writePrivate } from "../../src/cli/private_file.ts";
import { test } from "../support/test.ts";

const modeOf = (path: string) => Deno.statSync(path).mode! & 0o777;

test("a private file and its directory can be read by their owner only", async () => {
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

test("a directory that others could read is closed before a secret is written", async () => {
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

test("a write that fails leaves neither a part nor a temporary file", async () => {
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

import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { configDirectory, realPath } from "../../src/cli/paths.ts";
import { UsageError } from "../../src/cli/errors.ts";
import { test } from "../support/test.ts";

test("the command's files are in the platform's directory for settings", () => {
  const home = "/home/ada";
  const linux = { platform: "linux", home };
  assertEquals(
    configDirectory({ ...linux, env: {} }),
    "/home/ada/.config/immich-sync",
  );
  for (
    const [base, expected] of [
      ["/data", "/data/immich-sync"],
      // Relative and empty paths are ignored, as the specification says.
      ["data", "/home/ada/.config/immich-sync"],
      ["", "/home/ada/.config/immich-sync"],
    ] as const
  ) {
    const env = { XDG_CONFIG_HOME: base };
    assertEquals(configDirectory({ ...linux, env }), expected);
  }
  assertEquals(
    configDirectory({ platform: "darwin", home: "/Users/ada", env: {} }),
    "/Users/ada/Library/Application Support/immich-sync",
  );
});

test("no file is written to the current directory if there is no home directory", () => {
  const platforms = [
    ["linux", "HOME or XDG_CONFIG_HOME"],
    ["darwin", "HOME"],
    ["win32", "APPDATA"],
  ] as const;
  for (const [platform, variable] of platforms) {
    for (const home of ["", "ada"]) {
      assertThrows(
        () => configDirectory({ platform, home, env: {} }),
        UsageError,
        `Cannot find your home directory: set ${variable} to an absolute path`,
      );
    }
  }
  assertEquals(
    configDirectory({
      platform: "linux",
      home: "",
      env: { XDG_CONFIG_HOME: "/data" },
    }),
    "/data/immich-sync",
  );
});

test("Windows paths keep their drive and their separators", () => {
  const windows = { platform: "win32", home: "C:\\Users\\Ada" };
  const env = { APPDATA: "D:\\Profile\\Roaming" };
  assertEquals(
    configDirectory({ ...windows, env }),
    "D:\\Profile\\Roaming\\immich-sync",
  );
  assertEquals(
    configDirectory({ ...windows, env: {} }),
    "C:\\Users\\Ada\\AppData\\Roaming\\immich-sync",
  );
});

test("different spellings of a file's path lead to the same path", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(join(root, "real"));
    await Deno.symlink(join(root, "real"), join(root, "link"));
    const expected = join(root, "real", "photos.db");
    for (const isThere of [false, true]) {
      if (isThere) await Deno.writeTextFile(expected, "");
      for (const folder of ["real", "link", "real/../link/."]) {
        assertEquals(realPath(`${root}/${folder}/photos.db`), expected);
      }
    }
    await Deno.symlink(expected, join(root, "other.db"));
    assertEquals(realPath(join(root, "other.db")), expected);
    const missing = join(root, "missing", "photos.db");
    assertEquals(realPath(missing), missing);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

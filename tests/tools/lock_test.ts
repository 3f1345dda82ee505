/** The npm packages are locked, and the lock files do not mention a local server. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { LOCKED_EXAMPLES, type PackageLock } from "../../tools/package_lock.ts";
import { copyLock, withLockCopy } from "../../tools/lock_copy.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

async function readJson(path: string) {
  return JSON.parse(await Deno.readTextFile(new URL(path, ROOT)));
}

const SHA512 = /^sha512-[\w+/]{86}==$/;

test("deno.lock contains hashes from npm, but none from a JSR mirror", async () => {
  const lock = await readJson("deno.lock");
  assertEquals(Object.keys(lock), [
    "version",
    "specifiers",
    "npm",
    "workspace",
  ]);
  for (const specifier of Object.keys(lock.specifiers)) {
    assertMatch(specifier, /^npm:/);
  }
  const packages = Object.entries<{ integrity: string }>(lock.npm);
  assert(packages.length > 50);
  for (const [name, { integrity }] of packages) {
    assertMatch(integrity, SHA512, name);
  }
  // Without this setting, Deno would write the mirror's hashes to the file.
  assertEquals(config.lock, false);
});

test("deno.lock locks every package in deno.json", async () => {
  const { specifiers } = await readJson("deno.lock");
  for (const target of Object.values(config.scopes["./"])) {
    // A range such as ^0.28.2 is written as ~0.28.2.
    const [, name] = /^npm:\/?((?:@[^/]+\/)?[^@]+)@/.exec(target)!;
    const found = Object.keys(specifiers).some((specifier) =>
      specifier.startsWith(`npm:${name}@`)
    );
    assert(found, target);
  }
});

test("commands that resolve packages use the copy of deno.lock", () => {
  const env = { LOCK_COPY: "/tmp/copy.lock" };
  assertEquals(withLockCopy(["run", "-A", "a.ts"], env), [
    ...["run", "--lock=/tmp/copy.lock", "-A", "a.ts"],
  ]);
  for (
    const args of [["fmt", "--check"], ["publish"], ["run", "--no-lock"], []]
  ) {
    assertEquals(withLockCopy(args, env), args);
  }
  assertEquals(withLockCopy(["run", "a.ts"], {}), ["run", "a.ts"]);
});

test("a package that is missing from deno.lock is reported", async () => {
  await using lock = await isolatedCopy();
  assertEquals(await lock.missing(), []);
  const { LOCK_COPY = "" } = lock.env;
  const copy = JSON.parse(await Deno.readTextFile(LOCK_COPY));
  copy.npm["new-package@1.0.0"] = { integrity: "" };
  await Deno.writeTextFile(LOCK_COPY, JSON.stringify(copy));
  assertEquals(await lock.missing(), ["new-package@1.0.0"]);
});

/** Copies deno.lock, even if the task that runs this test has already copied it. */
async function isolatedCopy() {
  const outer = Deno.env.get("LOCK_COPY");
  Deno.env.delete("LOCK_COPY");
  try {
    return await copyLock();
  } finally {
    if (outer !== undefined) Deno.env.set("LOCK_COPY", outer);
  }
}

for (const name of LOCKED_EXAMPLES) {
  test(`the ${name} sample's lock file matches its package.json, and uses only npm`, async () => {
    const manifest = await readJson(`examples/${name}/package.json`);
    const { packages }: PackageLock = await readJson(
      `examples/${name}/package-lock.json`,
    );
    const { "": root, ...others } = packages;
    for (const kind of ["dependencies", "devDependencies"] as const) {
      assertEquals(Reflect.get(root!, kind), manifest[kind]);
    }
    assertEquals(
      others[`node_modules/${config.name}`]?.version,
      config.version,
    );
    for (const [path, { resolved, integrity }] of Object.entries(others)) {
      // This package is built from the commit that contains the lock file, and
      // JSR's hashes are unknown until this package is published.
      if (path.endsWith(config.name) || path.includes("/@jsr/")) {
        assertEquals([resolved, integrity], [undefined, undefined], path);
      } else {
        assertMatch(resolved!, /^https:\/\/registry\.npmjs\.org\//, path);
        assertMatch(integrity!, SHA512, path);
      }
    }
  });
}

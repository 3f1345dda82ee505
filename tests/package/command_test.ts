/** The command from the npm tarball, as `npx` and `bunx` run it. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { pack } from "../../tools/pack.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { assertHolds } from "../examples/mirror_file.ts";
import { BUN_VERSION, installed, NODE_VERSIONS } from "../runtimes/npx.ts";
import { start } from "../support/children.ts";
import { serve } from "../support/served.ts";
import { test } from "../support/test.ts";
import { freshProject, type Project } from "./project.ts";

const tarballDirectory = await Deno.makeTempDir({ prefix: "tarball-" });
Deno.test.afterAll(() => Deno.remove(tarballDirectory, { recursive: true }));
const tarball = await pack(tarballDirectory);

/** Creates a project in which the package is installed. */
async function createProject(): Promise<Project> {
  const project = await freshProject();
  await project.write("package.json", '{ "private": true }');
  await project.run(
    "npm",
    ...["install", "--no-audit", "--no-fund", "--prefer-offline", tarball],
  );
  return project;
}

/** Signs in, mirrors twice, and asserts what is printed. */
async function assertMirrors(
  { directory }: Project,
  program: string,
  args: string[],
  path = Deno.env.get("PATH") ?? "",
): Promise<void> {
  const fake = new FakeImmich();
  fake.library.addAsset();
  await using server = serve(fake);
  const env = {
    PATH: path,
    XDG_CONFIG_HOME: `${directory}/config`,
    IMMICH_PASSWORD: "demo",
  };
  const run = async (...command: string[]) => {
    await using child = start(program, [...args, ...command], {
      cwd: directory,
      env,
    });
    const { code, stdout, stderr } = await child.outcome;
    assertEquals([code, stderr], [0, ""]);
    return stdout;
  };
  assertEquals(await run("--version"), `immich-sync ${config.version}\n`);
  await run("login", "--server", server.url, "--email", fake.user.email);
  const file = `${directory}/photos.db`;
  assertMatch(await run("mirror", file), /is up to date: received 4 events/);
  assertMatch(await run("mirror", file), /is up to date: nothing has changed/);
  await assertHolds({ file, fake });
  assertMatch(await run("audit", file), /matches the server/);
  assertMatch(await run("check", file), /is consistent/);
  assertStringIncludes(await run("events", "--types", "UsersV1"), '"UserV1"');
  assertStringIncludes(await run("status"), file);
  await run("logout");
}

test("npx runs the command in the newest Node", async () => {
  await using project = await createProject();
  const node = await installed("node", NODE_VERSIONS.at(-1)!);
  const folder = node.slice(0, node.lastIndexOf("/"));
  const path = `${folder}:${Deno.env.get("PATH")}`;
  await assertMirrors(project, "npx", ["-y", config.name], path);
});

test("bunx runs the command in Bun", async () => {
  await using project = await createProject();
  const bun = await installed("bun", BUN_VERSION);
  await assertMirrors(project, bun, ["x", "--bun", config.name]);
});

test("the command says which Node it needs if Node has no SQLite module", async () => {
  await using project = await createProject();
  const node = await installed("node", NODE_VERSIONS[0]!);
  const script = `node_modules/${config.name}/src/cli/main.js`;
  const run = async (...args: string[]) => {
    await using child = start(node, [script, ...args], {
      cwd: project.directory,
    });
    return await child.outcome;
  };
  assertEquals((await run("--help")).code, 0);
  for (const command of ["mirror", "audit", "check"]) {
    const { code, stdout, stderr } = await run(command, "photos.db");
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, /^This command needs SQLite, .* Node .* 22\.13 .*\n$/);
  }
});

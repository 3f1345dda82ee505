/**
 * The package on JSR: a dry run publishes it, and new projects add it from local
 * mirrors of JSR and of JSR's npm registry.
 */
import { assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { startMirror } from "../../tools/jsr_mirror.ts";
import { publishedFiles } from "../../tools/published.ts";
import { run } from "../../tools/run.ts";
import { installed, NODE_VERSIONS } from "../runtimes/npx.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";
import { JSR_NAME, startJsrRegistry } from "./jsr_registry.ts";
import {
  documentedBlocks,
  freshProject,
  serveFirstExample,
} from "./project.ts";

test("the documented examples run in a new Deno project", async () => {
  await using mirror = await startMirror(true);
  await using server = serveFirstExample();
  await using project = await freshProject();
  const blocks = await documentedBlocks();
  await project.write("deno.json", "{}");
  await project.write("first.ts", server.toProgram(blocks[0]!));
  await project.write("fake.ts", blocks.at(-1)!);
  const env = {
    JSR_URL: mirror.url,
    DENO_DIR: `${project.directory}/cache`,
  };
  const deno = (...args: string[]) =>
    run(Deno.execPath(), args, { cwd: project.directory, env });

  await deno("add", "--quiet", `jsr:${config.name}`);
  const { imports } = JSON.parse(
    await Deno.readTextFile(`${project.directory}/deno.json`),
  );
  assertEquals(imports, {
    [config.name]: `jsr:${config.name}@^${config.version}`,
  });
  await deno("check", "--quiet", "first.ts", "fake.ts");
  const allowed = ["--allow-net", "--allow-read=.", "--allow-write=."];
  await server.runTwice(() => deno("run", ...allowed, "first.ts"));
  assertEquals(
    await deno("run", "fake.ts"),
    "AssetV2\nSyncCompleteV1\nAda\n",
  );
});

const JSR = "jsr@0.14.3";

test("npx jsr publish would publish the listed files", async () => {
  await using mirror = await startMirror();
  const command = `npx -y ${JSR} publish --dry-run --allow-dirty 2>&1`;
  const output = await run("sh", ["-c", command], {
    env: {
      JSR_URL: mirror.url,
      DENO_BIN_PATH: Deno.execPath(),
      DENO_NO_PACKAGE_JSON: "1",
    },
  });
  assertMatch(output, /^Success Dry run complete$/m);
  const files = Array.from(output.matchAll(/^ +(file:\S+) \(.*B\)$/gm));
  assertEquals(
    files.map(([, url]) => url!.slice(ROOT.href.length)).sort(),
    await publishedFiles(),
  );
});

test("npx jsr add installs a package that runs in Node, from the registry in .npmrc", async () => {
  await using registry = await startJsrRegistry();
  await using server = serveFirstExample();
  await using project = await freshProject();
  const blocks = await documentedBlocks();
  const npmrc = `# Ours.\n@jsr:registry=${registry.baseUrl}\n`;
  await project.write(".npmrc", npmrc);
  await project.write("package.json", '{ "private": true, "type": "module" }');
  await project.write("first.ts", server.toProgram(blocks[0]!));
  await project.write("fake.ts", blocks.at(-1)!);
  await project.run("npx", "-y", JSR, "add", "--npm", config.name);

  const read = (path: string) =>
    Deno.readTextFile(`${project.directory}/${path}`);
  assertEquals(await read(".npmrc"), npmrc);
  assertEquals(JSON.parse(await read("package.json")).dependencies, {
    [config.name]: `npm:${JSR_NAME}@^${config.version}`,
  });
  const { version } = JSON.parse(
    await read("node_modules/@jsr/std__streams/package.json"),
  );
  assertEquals(config.imports["@std/streams"], `jsr:@std/streams@^${version}`);
  const node = await installed("node", NODE_VERSIONS.at(-1)!);
  await server.runTwice(() => project.run(node, "first.ts"));
  assertEquals(
    await project.run(node, "fake.ts"),
    "AssetV2\nSyncCompleteV1\nAda\n",
  );
});

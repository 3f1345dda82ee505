/**
 * The package from JSR, added to a new Deno project from a local mirror of JSR.
 */
import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { startMirror } from "../../tools/jsr_mirror.ts";
import { run } from "../../tools/run.ts";
import { test } from "../support/test.ts";
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
    NO_COLOR: "1",
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

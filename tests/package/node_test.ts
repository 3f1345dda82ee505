/** The npm package in each supported version of Node. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { installed, NODE_VERSIONS } from "../runtimes/npx.ts";
import { test } from "../support/test.ts";
import { npmProject, unpack } from "./tarball.ts";

const project = await npmProject();
Deno.test.afterAll(async () => await project[Symbol.asyncDispose]());

/** The entry points, except the command, which runs when it is loaded. */
const ENTRIES = Object.keys(config.exports)
  .filter((entry) => entry !== "./cli")
  .map((entry) => entry.replace(".", config.name));

const REQUIRE = `const names = ${JSON.stringify(ENTRIES)};
const [main] = names.map((name) => require(name));
const { FakeImmich } = require("${config.name}/testing");
const { baseUrl, fetch } = new FakeImmich();
main.serverVersion({ baseUrl }, { fetch }).then(({ major }) => console.log(major));
`;

const FAILING = `import { serverVersion } from "${config.name}";
await serverVersion({ baseUrl: "no address" }).catch((error) => {
  console.log(error.stack);
});
`;

for (const version of NODE_VERSIONS) {
  const node = await installed("node", version);

  test(`require loads every entry point in Node ${version} without a warning`, async () => {
    await project.write("require.cjs", REQUIRE);
    const command = `${node} require.cjs 2>&1`;
    assertEquals(await project.run("sh", "-c", command), "3\n");
  });

  test(`stack traces in Node ${version} point to the TypeScript source`, async () => {
    await project.write("failing.mjs", FAILING);
    const stack = await project.run(
      node,
      "--enable-source-maps",
      "failing.mjs",
    );
    const [, path = "", line] =
      /node_modules\/@immich-edge\/sync\/(source\/\S+\.ts):(\d+):\d+/
        .exec(stack) ?? [];
    const source = (await unpack()).get(path) ?? "";
    assert(source !== "", stack);
    assertMatch(source.split("\n")[Number(line) - 1]!, /\bthrow\b|Error\(/);
    assert(!/sync\/(?!source\/)\S+\.js:/.test(stack), stack);
  });
}

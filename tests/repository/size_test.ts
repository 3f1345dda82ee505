/** What the library costs a program that takes a part of it. */
import { assert, assertEquals } from "@std/assert";
import { npmModules, npmPackage } from "../../tools/npm_package.ts";
import { measure, openBundler } from "../../tools/size.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

/**
 * Bytes of each program, minified and gzipped. Where a change is worth its
 * bytes, or saves some, write down here what `deno task size` prints, and in
 * the README what it says about size.
 */
const GZIPPED = {
  everything: 16_162,
  sync: 12_611,
  syncStream: 8_097,
  "authorize, callback": 6_051,
  authorize: 5_290,
  mirror: 20_779,
  testing: 15_916,
};

/** Versions of the bundler and of `@std/streams` differ by less. */
const SLACK = 0.03;

test("the library has the expected bundle sizes", async () => {
  const sizes = await measure();
  assertEquals(Object.keys(sizes), Object.keys(GZIPPED));
  for (const [name, expected] of Object.entries(GZIPPED)) {
    const { gzipped } = sizes[name]!;
    assert(
      Math.abs(gzipped / expected - 1) < SLACK,
      `${name} has ${gzipped} bytes, ${expected} are written down in tests/repository/size_test.ts`,
    );
  }
});

test("the README states the bundle sizes", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  const sentence =
    `\`sync\` adds ${
      kilobytes(GZIPPED.sync)
    } to a bundle (minified and gzipped), ` +
    `the whole main module ${kilobytes(GZIPPED.everything)}, ` +
    `and OAuth sign-in alone ${kilobytes(GZIPPED["authorize, callback"])}. ` +
    `The mirror adds ${kilobytes(GZIPPED.mirror - GZIPPED.sync)} to \`sync\`.`;
  assert(readme.replace(/\s+/g, " ").includes(sentence), sentence);
});

test("a program that only signs in does not bundle the stream", async () => {
  await using bundler = await openBundler(await npmPackage());
  const bundle = (name: string) =>
    bundler.bundle(`export { ${name} } from "./mod.js";`);
  for (const mark of ["TextLineStream", "/api/sync/stream", "AssetsV2"]) {
    assert(!(await bundle("authorize, callback, login")).includes(mark), mark);
    assert((await bundle("syncStream")).includes(mark), mark);
  }
});

test("an unused import of the library leaves nothing in a bundle", async () => {
  await using bundler = await openBundler(await npmModules());
  // A class that extends one of the platform's is an effect to esbuild, but
  // it is not ours to mark.
  const vendored = "../../vendor/text_line_stream.js";
  const program = 'import "./mod.js";';
  const code = await bundler.bundle(program, { external: [vendored] });
  const rest = code.split("\n").filter((line) =>
    line !== "" && !line.startsWith("// ") &&
    !/^var [A-Z_]+ = [\d*+ -]+;$/.test(line)
  );
  assertEquals(rest, [
    `import { TextLineStream } from "${vendored}";`,
  ]);
});

test("importing the library reads four globals and changes none", async () => {
  await using bundler = await openBundler(await npmModules());
  const program = 'export * from "./mod.js";';
  const code = await bundler.bundle(program, { format: "iife" });
  const touched = new Set<string>();
  const scope = new Proxy({}, {
    has: () => true,
    get(_target, name) {
      if (name === Symbol.unscopables) return undefined;
      touched.add(String(name));
      return Reflect.get(globalThis, name);
    },
    set(_target, name) {
      throw new Error(`${String(name)} is changed`);
    },
  });
  new Function("scope", `with (scope) { ${code} }`)(scope);
  assertEquals([...touched].sort(), [
    "Error",
    "Object",
    "Symbol",
    "TransformStream",
  ]);
});

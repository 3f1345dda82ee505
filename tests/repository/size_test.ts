/** How much each part of the library adds to a program's size. */
import { assert, assertEquals } from "@std/assert";
import { npmModules, npmPackage } from "../../tools/npm_package.ts";
import { measure, openBundler } from "../../tools/size.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

/**
 * Size of each program in bytes, minified and gzipped. After an intended change
 * in size, copy the output of `deno task size` here, and update the sizes in
 * the README.
 */
const GZIPPED = {
  everything: 23_858,
  sync: 17_636,
  syncStream: 11_351,
  "authorize, callback": 8_124,
  authorize: 7_012,
  mirror: 34_594,
  seal: 2_428,
  testing: 21_264,
};

/** Allowed difference between versions of the bundler and of `@std/streams`. */
const TOLERANCE = 0.03;

test("the library has the expected bundle sizes", async () => {
  const sizes = await measure();
  assertEquals(Object.keys(sizes), Object.keys(GZIPPED));
  for (const [name, expected] of Object.entries(GZIPPED)) {
    const { gzipped } = sizes[name]!;
    assert(
      Math.abs(gzipped / expected - 1) < TOLERANCE,
      `${name} has ${gzipped} bytes, expected ${expected}; see tests/repository/size_test.ts`,
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
    `The mirror adds another ${kilobytes(GZIPPED.mirror - GZIPPED.sync)}.`;
  assert(readme.replace(/\s+/g, " ").includes(sentence), sentence);
});

test("the bundle of a program that only signs in does not contain the sync stream", async () => {
  await using bundler = await openBundler(await npmPackage());
  const bundle = (name: string) =>
    bundler.bundle(`export { ${name} } from "./mod.js";`);
  for (const mark of ["TextLineStream", "/api/sync/stream", "AssetsV2"]) {
    assert(!(await bundle("authorize, callback, login")).includes(mark), mark);
    assert((await bundle("syncStream")).includes(mark), mark);
  }
});

test("an unused import of the library adds nothing to a bundle", async () => {
  await using bundler = await openBundler(await npmModules());
  // For esbuild, a class that extends a platform class is a side effect, and
  // the vendored code cannot be annotated.
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

test("importing the library reads only four globals and changes none", async () => {
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

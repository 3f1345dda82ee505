/** Defines and enforces the layers. */
import { assert, assertEquals } from "@std/assert";
import { test } from "../support/test.ts";
import { sourceFiles } from "../support/sources.ts";

/**
 * The folders of `src`, from the bottom up. A file may import from its own
 * layer and from the layers below.
 */
const LAYERS = [
  "errors",
  "protocol",
  "http",
  "server",
  "auth",
  "seal",
  "stream",
  "sync",
  "mirror",
  "cli",
];

/** The command, the only layer that prints and uses a runtime's own modules. */
const COMMAND = "cli";

/**
 * The fake server, which is outside the layers: it may import from any layer,
 * and no layer may import it.
 */
const OUTSIDE = "testing";

const files = await sourceFiles("src");

function layerOf(path: string): string {
  return path.slice(0, path.indexOf("/"));
}

/** Path of a file → the paths of the files that it imports. */
const imports = new Map(
  files.map(({ path, text }) => [path, importsOf(text, path)]),
);

function importsOf(text: string, path: string): string[] {
  const statements = text.matchAll(
    /^(?:import|export)\b[^;]*?from "([^"]+)";/gm,
  );
  return Array.from(statements, ([, specifier]) => specifier!)
    .filter((specifier) =>
      specifier !== "@std/streams/text-line-stream" &&
      !(layerOf(path) === COMMAND && specifier.startsWith("node:"))
    )
    .map((specifier) => {
      assert(/^\.\.?\//.test(specifier), `${path} imports ${specifier}`);
      return new URL(specifier, `file:///${path}`).pathname.slice(1);
    });
}

test("every file in src is in a layer, and each layer has a mod.ts", () => {
  const layers = new Set(files.map(({ path }) => layerOf(path)));
  assertEquals([...layers].sort(), [...LAYERS, OUTSIDE].sort());
  for (const layer of layers) {
    const entry = layer === COMMAND ? "main.ts" : "mod.ts";
    assert(imports.has(`${layer}/${entry}`), layer);
  }
});

test("a file imports from its own layer and from the mod.ts of lower layers", () => {
  for (const [path, targets] of imports) {
    const layer = layerOf(path);
    for (const target of targets) {
      const other = layerOf(target);
      if (other === layer) continue;
      const isBelow = layer === OUTSIDE
        ? LAYERS.includes(other) && other !== COMMAND
        : LAYERS.includes(other) &&
          LAYERS.indexOf(other) < LAYERS.indexOf(layer);
      assert(isBelow, `${path} imports ${target}, which is not below it`);
      assertEquals(target, `${other}/mod.ts`, path);
    }
  }
});

test("files within a layer have no import cycles", () => {
  function reach(path: string, from: string[]): void {
    assert(!from.includes(path), [...from, path].join(" imports "));
    for (const target of imports.get(path) ?? []) {
      if (layerOf(target) === layerOf(path)) reach(target, [...from, path]);
    }
  }
  for (const path of imports.keys()) reach(path, []);
});

test("no file has a folder's name, and state.ts and options.ts exist at most once", () => {
  const names = files.map(({ path }) => path.replace(/\.ts$/, ""));
  for (const name of names) {
    assert(!names.some((other) => other.startsWith(`${name}/`)), name);
  }
  for (const twice of ["state", "options"]) {
    const found = names.filter((name) => name.endsWith(`/${twice}`));
    assert(found.length <= 1, found.join(", "));
  }
});

test("fetch is called only by the client", () => {
  const callers = files.filter(({ text }) =>
    /\bawait fetch\(|globalThis\.fetch/.test(stripComments(text))
  );
  assertEquals(callers.map(({ path }) => path), ["http/client.ts"]);
});

test("files have at most 300 lines", () => {
  for (const { path, text } of files) {
    const lines = text.split("\n").length - 1;
    assert(lines <= 300, `${path} has ${lines} lines`);
  }
});

test("layers below cli refer to no runtime or console, and read only one clock", () => {
  for (const { path, text } of files) {
    if (layerOf(path) === COMMAND) continue;
    const code = stripComments(text);
    for (
      const word of [
        /\bDeno\b/,
        /\bBun\b/,
        /\bprocess\.(?:env|on|nextTick|stdout)\b|globalThis\.process/,
        /\bBuffer\b/,
        /\bconsole\b/,
        /node:/,
      ]
    ) {
      assert(!word.test(code), `${path} contains ${word}`);
    }
    for (const [match] of code.matchAll(/.*(?:Date\.now|Math\.random).*/g)) {
      assert(
        path === "http/env.ts" ||
          /[=:] (?:Date\.now(?:\(\))?)[,;} ]?/.test(match),
        `${path}: ${match}`,
      );
    }
  }
});

test("src does not bypass any type check", () => {
  for (const { path, text } of files) {
    assert(!/: any\b|as any|<any>|@ts-|as unknown as/.test(text), path);
  }
});

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
}

/** The package from npm, installed, checked and run in new projects. */
import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { pack } from "../../tools/pack.ts";
import { publishedFiles } from "../../tools/published.ts";
import { run } from "../../tools/run.ts";
import { BUN_VERSION } from "../runtimes/npx.ts";
import { test } from "../support/test.ts";
import {
  documentedBlocks,
  freshProject,
  type Project,
  serveFirstExample,
} from "./project.ts";

const BUN = `bun@${BUN_VERSION}`;

const TYPESCRIPT = "typescript@7.0.2";
const TYPESCRIPT_5 = "typescript-5@npm:typescript@5.9.3";
/** The oldest compiler supported by the declarations. */
const TYPESCRIPT_OLD = "typescript-old@npm:typescript@5.4.5";
const AMBIENT_TYPES = [
  "@types/node@20.19.25",
  "@cloudflare/workers-types@5.20261117.1",
];

const tarballDirectory = await Deno.makeTempDir({ prefix: "tarball-" });
Deno.test.afterAll(() => Deno.remove(tarballDirectory, { recursive: true }));
const tarball = await pack(tarballDirectory);
const contents = await unpack(`${tarballDirectory}/unpacked`);

/** Returns every file in the tarball: path → text. */
async function unpack(directory: string): Promise<Map<string, string>> {
  await Deno.mkdir(directory);
  await run("tar", ["xzf", tarball, "-C", directory]);
  const list = await run("tar", ["tzf", tarball]);
  const paths = list.trim().split("\n").sort();
  const files = new Map<string, string>();
  for (const path of paths) {
    const text = await Deno.readTextFile(`${directory}/${path}`);
    files.set(path.replace("package/", ""), text);
  }
  return files;
}

async function npmProject(...packages: string[]): Promise<Project> {
  const project = await freshProject();
  await project.write("package.json", '{ "private": true, "type": "module" }');
  const options = ["--no-audit", "--no-fund", "--prefer-offline"];
  await project.run("npm", "install", ...options, tarball, ...packages);
  return project;
}

test("the npm tarball has JavaScript and declarations for each module on JSR", async () => {
  const expected = (await publishedFiles()).flatMap((path) => {
    if (path === "deno.json") return ["package.json"];
    if (!path.endsWith(".ts")) return [path];
    return [path.replace(/ts$/, "js"), path.replace(/ts$/, "d.ts")];
  });
  expected.push("vendor/text_line_stream.js");
  assertEquals([...contents.keys()].sort(), expected.sort());
});

test("the npm tarball contains everything that it imports", () => {
  const pattern = /\b(?:from|import)\s*\(?\s*"([^"]+)"/g;
  let count = 0;
  for (const [path, text] of contents) {
    if (!/\.(js|d\.ts)$/.test(path)) continue;
    for (const [, specifier] of stripComments(text).matchAll(pattern)) {
      const { pathname } = new URL(specifier!, `file:///${path}`);
      const isBuiltin = path.startsWith("src/cli/") &&
        specifier!.startsWith("node:");
      assert(
        isBuiltin ||
          (/^\.\.?\//.test(specifier!) && contents.has(pathname.slice(1))),
        `${path} imports ${specifier}`,
      );
      count++;
    }
  }
  assert(count > 100, `${count} imports were found`);
});

test("the type declarations on npm do not refer to any runtime", () => {
  for (const [path, text] of contents) {
    if (!path.endsWith(".d.ts")) continue;
    const types = stripComments(text);
    const [word] =
      /\b(?:Deno|Bun|Buffer|NodeJS)\b|\b(?:node|jsr|npm):/.exec(types) ?? [];
    assertEquals(word, undefined, path);
    assert(!text.includes("/// <"), path);
  }
});

interface Manifest {
  name: string;
  version: string;
  license: string;
  description: string;
  exports: Record<string, { types: string; default: string }>;
  dependencies?: unknown;
}

test("package.json agrees with deno.json", () => {
  const manifest: Manifest = JSON.parse(contents.get("package.json")!);
  const { name, version, license } = config;
  assertEquals({ ...manifest, name, version, license }, manifest);
  const entries = Object.keys(config.exports);
  assertEquals(Object.keys(manifest.exports), [...entries, "./package.json"]);
  for (const { types, default: module } of Object.values(manifest.exports)) {
    if (types === undefined) continue;
    assert(contents.has(types.slice(2)) && contents.has(module.slice(2)));
  }
  assertEquals(manifest.dependencies, undefined);
  assert(manifest.description.startsWith("Keep a local copy of an Immich "));
  assert(contents.get("LICENSE")!.includes("the Deno authors"));
});

/** The packages that declare the web globals. */
const AMBIENT: Record<string, { lib: string[]; types: string[] }> = {
  dom: {
    lib: ["ES2022", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
    types: [],
  },
  // The Vite and Next.js templates use these types, which do not declare
  // streams as iterable.
  template: { lib: ["DOM", "DOM.Iterable", "ESNext"], types: [] },
  node: { lib: ["ES2022"], types: ["node"] },
  workers: { lib: ["ES2022"], types: ["@cloudflare/workers-types"] },
};

/**
 * The compilers for a configuration. A configuration without an entry uses only
 * the newest compiler.
 */
const COMPILERS: Record<string, string[]> = {
  dom: ["typescript", "typescript-5"],
  template: ["typescript-5", "typescript-old"],
};

/**
 * The parts of Node used in the documentation, for projects without Node's
 * types.
 */
const NODE = `declare module "node:fs" {
  export function existsSync(path: string): boolean;
  export function readFileSync(path: string, encoding: string): string;
  export function rmSync(path: string): void;
  export function writeFileSync(
    path: string,
    text: string,
    options: { mode: number },
  ): void;
}
declare module "node:sqlite" {
  export class DatabaseSync {
    constructor(path: string);
    exec(sql: string): void;
    prepare(sql: string): {
      run(...params: (string | number | null)[]): { changes: number };
      all(...params: (string | number | null)[]): Record<string, unknown>[];
    };
  }
}
`;

const RESOLUTIONS = [
  { module: "nodenext", moduleResolution: "nodenext" },
  { module: "esnext", moduleResolution: "bundler" },
];

test("the documentation's code compiles with types from lib.dom, Node and Workers", async () => {
  await using project = await npmProject(
    TYPESCRIPT,
    TYPESCRIPT_5,
    TYPESCRIPT_OLD,
    ...AMBIENT_TYPES,
  );
  for (const [i, block] of (await documentedBlocks()).entries()) {
    await project.write(`block_${i}.ts`, `${block}\nexport {};\n`);
  }
  await project.write("node.d.ts", NODE);
  const checks: Promise<unknown>[] = [];
  for (const [name, ambient] of Object.entries(AMBIENT)) {
    for (const resolution of RESOLUTIONS) {
      const file = `${name}-${resolution.moduleResolution}.json`;
      const compilerOptions = {
        strict: true,
        skipLibCheck: false,
        target: "ES2022",
        noEmit: true,
        ...resolution,
        ...ambient,
      };
      await project.write(file, JSON.stringify({ compilerOptions }));
      for (const compiler of COMPILERS[name] ?? ["typescript"]) {
        const tsc = `node_modules/${compiler}/bin/tsc`;
        checks.push(project.run("node", tsc, "-p", file));
      }
    }
  }
  await Promise.all(checks);
});

/** Code that adapts each driver's connection, with the driver's own types. */
const DRIVERS = `import { createClient } from "@libsql/client";
import Database from "better-sqlite3";
import { DatabaseSync } from "node:sqlite";
import { libsql, sqlite } from "${config.name}/mirror";

sqlite(new Database("photos.db"));
sqlite(new Database("photos.db").defaultSafeIntegers());
sqlite(new DatabaseSync("photos.db", { readBigInts: true }));
libsql(createClient({ url: "file:photos.db" }));
libsql(createClient({ url: "libsql://photos.turso.io", intMode: "bigint" }));
`;

test("the mirror's adapters accept the types of better-sqlite3, libSQL and node:sqlite", async () => {
  await using project = await npmProject(
    TYPESCRIPT,
    ...["@types/better-sqlite3@9.6.0", "@types/node@24.10.1"],
    "@libsql/client@0.18.0",
  );
  await project.write("drivers.ts", DRIVERS);
  const compilerOptions = {
    strict: true,
    target: "ES2022",
    module: "nodenext",
    lib: ["ES2022"],
    types: ["node"],
    skipLibCheck: true,
    noEmit: true,
  };
  await project.write("tsconfig.json", JSON.stringify({ compilerOptions }));
  await project.run("node", "node_modules/typescript/bin/tsc");
});

test("the documented examples run in a new Node project", async () => {
  await using server = serveFirstExample();
  await using project = await npmProject(TYPESCRIPT);
  const blocks = await documentedBlocks();
  await project.write("node.d.ts", NODE);
  await project.write("first.ts", server.toProgram(blocks[0]!));
  await project.write("fake.ts", blocks.at(-1)!);
  const compilerOptions = {
    strict: true,
    target: "ES2022",
    module: "nodenext",
    lib: ["ES2022", "DOM", "DOM.AsyncIterable"],
    types: [],
  };
  await project.write("tsconfig.json", JSON.stringify({ compilerOptions }));
  await project.run("node", "node_modules/typescript/bin/tsc");
  await server.runTwice(() => project.run("node", "first.js"));
  assertEquals(
    await project.run("node", "fake.js"),
    "AssetV2\nSyncCompleteV1\nAda\n",
  );
});

test("the documented examples run in a new Bun project", async () => {
  await using server = serveFirstExample();
  await using project = await freshProject();
  const blocks = await documentedBlocks();
  await project.write("package.json", '{ "private": true }');
  await project.write("first.ts", server.toProgram(blocks[0]!));
  await project.write("fake.ts", blocks.at(-1)!);
  await project.run("npx", "-y", BUN, "add", "--silent", tarball);
  await server.runTwice(() => project.run("npx", "-y", BUN, "first.ts"));
  assertEquals(
    await project.run("npx", "-y", BUN, "fake.ts"),
    "AssetV2\nSyncCompleteV1\nAda\n",
  );
});

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

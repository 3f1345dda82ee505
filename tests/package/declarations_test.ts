/** The declarations in the npm package, with each supported compiler. */
import config from "../../deno.json" with { type: "json" };
import { test } from "../support/test.ts";
import { COMPILERS, NODE_STUB, TYPESCRIPT } from "./compilers.ts";
import { documentedBlocks, type Project } from "./project.ts";
import { npmProject } from "./tarball.ts";

/** Uses every entry point. */
const ENTRIES = `import * as main from "${config.name}";
import * as mirror from "${config.name}/mirror";
import * as seal from "${config.name}/seal";
import * as testing from "${config.name}/testing";

export const entries = [main, mirror, seal, testing];

export async function read(session: main.Session): Promise<string[]> {
  const types: string[] = [];
  const stream = await main.syncStream(session, ["AssetsV2"]);
  for await (const { type } of stream) types.push(type);
  const response = await main.request(session, "/assets");
  for await (const line of main.ndjson(response)) types.push(typeof line);
  return types;
}
`;

const SERVER =
  `import { createRequestListener, FakeImmich } from "${config.name}/testing";
import { createServer } from "node:http";

createServer(createRequestListener(new FakeImmich().handler));
`;

async function createProject(...packages: string[]): Promise<Project> {
  const project = await npmProject(...packages);
  for (const [i, block] of (await documentedBlocks()).entries()) {
    await project.write(`block_${i}.ts`, `${block}\nexport {};\n`);
  }
  await project.write("entries.ts", ENTRIES);
  await project.write("server.ts", SERVER);
  await project.write("stub.d.ts", NODE_STUB);
  return project;
}

const older = await createProject(
  "@types/node@20.19.25",
  "@cloudflare/workers-types@5.20261117.1",
  ...COMPILERS.map((version) => `ts-${version}@npm:typescript@${version}`),
);
const newer = await createProject("@types/node@24.10.1");
const bun = await createProject("@types/node@26.6.6", "bun-types@1.4.5");
Deno.test.afterAll(async () => {
  for (const project of [older, newer, bun]) {
    await project[Symbol.asyncDispose]();
  }
});

/** Where a program gets its globals from. */
interface Ambient {
  project: Project;
  /**
   * The oldest compiler that these types support.
   * @default {the package's oldest compiler}
   */
  oldest?: string;
  /** Additional files of the program. */
  files?: string[];
  /** Compiler options. */
  options: { lib: string[]; types?: string[] } & Record<string, unknown>;
}

const AMBIENT: Record<string, Ambient> = {
  "lib.dom": {
    project: older,
    files: ["stub.d.ts"],
    options: { lib: ["ES2022", "DOM", "DOM.Iterable", "DOM.AsyncIterable"] },
  },
  "lib.dom without its iterables": {
    project: older,
    files: ["stub.d.ts"],
    options: { lib: ["ES2022", "DOM"] },
  },
  // The Vite and Next.js templates use these.
  "lib.dom without its async iterables": {
    project: older,
    files: ["stub.d.ts"],
    options: { lib: ["ESNext", "DOM", "DOM.Iterable"] },
  },
  "the types of Node 20": {
    project: older,
    files: ["server.ts", "stub.d.ts"],
    options: { lib: ["ES2022"], types: ["node"] },
  },
  "the types of Node 24": {
    project: newer,
    files: ["server.ts"],
    options: { lib: ["ES2022"], types: ["node"] },
  },
  "the types of Workers": {
    project: older,
    files: ["stub.d.ts"],
    options: { lib: ["ES2022"], types: ["@cloudflare/workers-types"] },
  },
  "the types of Bun": {
    project: bun,
    oldest: "5.7.3",
    files: ["server.ts"],
    options: { lib: ["ESNext"], types: ["bun-types"] },
  },
};

/** Compiles a program once for each kind of module resolution. */
async function compile(
  version: string,
  { project, files = [], options }: Ambient,
): Promise<void> {
  const blocks = (await documentedBlocks()).map((_, i) => `block_${i}.ts`);
  const resolutions = [["nodenext", "nodenext"], ["esnext", "bundler"]];
  await Promise.all(resolutions.map(async ([module, moduleResolution]) => {
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      target: "ES2022",
      noEmit: true,
      types: [],
      module,
      moduleResolution,
      ...options,
    };
    const config = `${moduleResolution}.json`;
    await project.write(
      config,
      JSON.stringify({
        compilerOptions,
        files: ["entries.ts", ...blocks, ...files],
      }),
    );
    const tsc = `${older.directory}/node_modules/ts-${version}/bin/tsc`;
    await project.run("node", tsc, "-p", config);
  }));
}

for (const [name, ambient] of Object.entries(AMBIENT)) {
  test(`the types and documented examples compile with ${name}`, async () => {
    const { oldest = COMPILERS.at(0)! } = ambient;
    for (const version of [oldest, COMPILERS.at(-1)!]) {
      await compile(version, ambient);
    }
  });
}

for (const version of COMPILERS.slice(1, -1)) {
  test(`the types and documented examples compile with TypeScript ${version}`, async () => {
    await compile(version, AMBIENT["lib.dom"]!);
  });
}

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

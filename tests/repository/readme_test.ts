/** Every code block of the README compiles, runs, and does what it says. */
import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { FakeImmich } from "../../src/testing/mod.ts";
import { runDeno } from "../../tools/run.ts";
import { blocksOf, ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

const readme = await Deno.readTextFile(new URL("README.md", ROOT));

/** A block after it ran against the server that it names. */
interface Run {
  server: FakeImmich;
  module: { default?: { fetch(request: Request): Promise<Response> } };
  printed: unknown[][];
}

/** What each block has to do, in their order. */
const EXPECTATIONS: ((run: Run) => void | Promise<void>)[] = [
  function firstExample({ server }) {
    const seen = server.requests.map(({ method, path }) => `${method} ${path}`);
    assertEquals(seen, [
      "POST /api/auth/login",
      "GET /api/server/version",
      "POST /api/sync/stream",
      "POST /api/sync/ack",
    ]);
  },
  async function signIn({ server, module }) {
    const { fetch } = module.default!;
    const start = await fetch(new Request("https://app.example/"));
    const login = start.headers.get("location")!;
    const provider = await server.fetch(login, { redirect: "manual" });
    const [cookie = ""] = start.headers.get("set-cookie")!.split(";");
    const back = new Request(provider.headers.get("location")!, {
      headers: { cookie },
    });
    assertEquals(await (await fetch(back)).text(), "Hello ada");
  },
  function childSession({ server }) {
    assertEquals(server.requests.at(-1)?.path, "/api/sessions");
  },
  function pull({ server, printed }) {
    assertEquals(printed, []);
    assertEquals(server.requests.at(-1)?.path, "/api/sync/ack");
  },
  function byHand({ server, printed }) {
    assertEquals(printed, [["ada"]]);
    assertEquals(server.requests.at(-1)?.path, "/api/sync/ack");
  },
  function callAnyEndpoint({ server, printed }) {
    assertEquals(printed, [[1]]);
    assertEquals(server.requests.at(-1)?.path, "/api/sessions");
  },
  function mirror({ printed }) {
    assertEquals(printed, [[[]]]);
  },
  function errors({ printed }) {
    assertEquals(printed, [["Immich 3"]]);
  },
  function testYourOwnCode({ printed }) {
    assertEquals(printed, [["AssetV2"], ["SyncCompleteV1"], ["Ada"]]);
  },
];

test("every block of TypeScript in the README compiles, runs and does what it says", async () => {
  const blocks = blocksOf(readme, "ts");
  assertEquals(blocks.length, EXPECTATIONS.length);
  // Below the root, where the package's own name leads to the package.
  const directory = await Deno.makeTempDir({
    dir: new URL("tests", ROOT).pathname,
    prefix: "readme-",
  });
  try {
    const files = blocks.map((_, i) => `${directory}/block_${i + 1}.ts`);
    for (const [i, file] of files.entries()) {
      await Deno.writeTextFile(file, `${blocks[i]}\nexport {};\n`);
    }
    await runDeno("check", ...files);
    for (const [i, file] of files.entries()) {
      await run(file, EXPECTATIONS[i]!);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

/** Runs a block where the address in it is a fake server's, and its console is ours. */
async function run(
  file: string,
  expectation: (run: Run) => void | Promise<void>,
): Promise<void> {
  const server = new FakeImmich({
    baseUrl: "https://photos.example.com",
    email: "ada@example.com",
    password: "engine",
  });
  const printed: unknown[][] = [];
  const { fetch, console } = globalThis;
  globalThis.fetch = (input, init) => server.fetch(String(input), init);
  globalThis.console = {
    ...console,
    log: (...args: unknown[]) => printed.push(args),
  };
  try {
    await expectation({
      server,
      printed,
      module: await import(`file://${file}`),
    });
  } finally {
    Object.assign(globalThis, { fetch, console });
  }
}

test("the first example is a dozen lines", () => {
  const [first = ""] = blocksOf(readme, "ts");
  assert(first.trim().split("\n").length <= 16);
});

test("the README's two commands are tasks, and there are no others to run", () => {
  const commands = blocksOf(readme, "sh").join("").match(
    /npx -y deno@\S+ task \w+/g,
  );
  assertEquals(commands, [
    "npx -y deno@2.9.6 task demo",
    "npx -y deno@2.9.6 task worker",
    "npx -y deno@2.9.6 task test",
  ]);
  for (const name of ["demo", "worker", "test", "ok", "bench"]) {
    assert(name in config.tasks);
  }
});

test("the README names every class and code of an error", async () => {
  const names = [
    ...Object.keys(await import("../../mod.ts")),
    ...Object.keys(await import("../../src/mirror/mod.ts")),
  ];
  const errors = names.filter((name) => name.endsWith("Error"));
  for (const name of errors.filter((name) => name !== "isImmichError")) {
    assert(readme.includes(`\`${name}\``), name);
  }
  const codes = await Deno.readTextFile(new URL("src/errors/base.ts", ROOT));
  const [union = ""] =
    /export type OAuthErrorCode[\s\S]*?\nconst/.exec(codes) ?? [];
  for (const [, code] of union.matchAll(/"(\w+)"/g)) {
    assert(readme.includes(`\`${code}\``), code);
  }
});

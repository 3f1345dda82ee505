/** Every code block in the README and the guide runs and does what it says. */
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import config from "../../deno.json" with { type: "json" };
import type { OAuthContext, Session, SyncProcessor } from "../../mod.ts";
import { createMirror, sqlite } from "../../src/mirror/mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { run as runCommand } from "../../tools/run.ts";
import { sessionIds } from "../support/kept.ts";
import { listen } from "../support/listen.ts";
import { blocksOf, ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";
import { userConfig } from "../support/user_project.ts";

const readme = await Deno.readTextFile(new URL("README.md", ROOT));
const guide = await Deno.readTextFile(new URL("docs/GUIDE.md", ROOT));

/** A function that a block exports. */
// deno-lint-ignore no-explicit-any
type Exports = Record<string, (...args: any[]) => any>;

/** One run of a block against its server. */
interface Run {
  server: FakeImmich;
  /** A new session on the server. */
  session: Session;
  /** The block's exports. */
  exports: Exports;
  printed: unknown[][];
  /** Runs the block again, for the nth time. */
  again(n?: number): Promise<unknown>;
}

function paths({ requests }: FakeImmich): string[] {
  return requests.map(({ method, path }) => `${method} ${path}`);
}

/** What each block in the README must do, in order. */
const README: ((run: Run) => void | Promise<void>)[] = [
  async function firstExample({ server, again, printed }) {
    assertEquals(paths(server).filter((path) => path.includes("/auth/")), [
      "POST /api/auth/login",
    ]);
    server.requests.length = 0;
    server.library.addAsset({ originalFileName: "lake.jpg" });
    await again();
    assertEquals(paths(server), [
      "GET /api/users/me",
      "GET /api/server/version",
      "POST /api/sync/stream",
      "POST /api/sync/ack",
    ]);
    assertEquals(printed, [[{ AssetV2: 1 }], [{ AssetV2: 1 }]]);
    const { rows } = JSON.parse(await Deno.readTextFile(TEST_FILES.json));
    const names = rows.map(([, name]: string[]) => name);
    assertEquals(names, ["beach.jpg", "lake.jpg"]);
    // After a new sign-in, rows that the server no longer has are gone.
    const copy = JSON.parse(await Deno.readTextFile(TEST_FILES.json));
    copy.rows.push(["1", "deleted.jpg"]);
    await Deno.writeTextFile(TEST_FILES.json, JSON.stringify(copy));
    await Deno.remove(TEST_FILES.session);
    await again(2);
    const after = JSON.parse(await Deno.readTextFile(TEST_FILES.json)).rows;
    assertEquals(after.map(([, name]: string[]) => name), names);
  },
  async function oauth({ server, exports }) {
    const { url, context } = await exports.start!(server.baseUrl);
    const provider = await server.fetch(url, { redirect: "manual" });
    const callbackUrl = provider.headers.get("location")!;
    const session = await exports.finish!(callbackUrl, context as OAuthContext);
    assertEquals(session.authType, "oauth");
  },
  async function mirror({ session, exports }) {
    const [photo] = await exports.newestPhotos!(session);
    assertEquals(photo.original_file_name, "beach.jpg");
  },
];

/** What each block in the guide must do, in order. */
const GUIDE: ((run: Run) => void | Promise<void>)[] = [
  async function signIn({ server, exports }) {
    const open = async (url: string, cookie = ""): Promise<Response> => {
      const request = new Request(url, { headers: { cookie } });
      return await exports.handle!(request, "x".repeat(32));
    };
    const cookieOf = (response: Response) =>
      response.headers.get("set-cookie")!.split(";")[0]!;
    const start = await open("https://app.example/login");
    const login = start.headers.get("location")!;
    const provider = await server.fetch(login, { redirect: "manual" });
    const callbackUrl = provider.headers.get("location")!;
    assertEquals((await open(callbackUrl)).status, 400);
    const back = await open(callbackUrl, cookieOf(start));
    assertEquals(back.headers.get("location"), "/");
    const page = await open("https://app.example/", cookieOf(back));
    assertEquals(await page.text(), "Hello ada");
    // A sign-in in progress is not a session.
    const early = await open("https://app.example/", cookieOf(start));
    assertEquals(early.status, 401);
  },
  async function childSession({ server, session, exports }) {
    await exports.addBackup!(session);
    assertEquals(server.requests.at(-1)?.path, "/api/sessions");
  },
  async function schedule({ session, exports }) {
    const processor: SyncProcessor = { process() {}, reset() {} };
    const startedAt = await exports.syncMonthly!(session, processor);
    assert(startedAt > 0);
    const again = await exports.syncMonthly!(session, processor, startedAt);
    assertEquals(again, startedAt);
  },
  async function limit({ server, session, exports }) {
    const database = sqlite(new DatabaseSync(":memory:"));
    const mirror = await createMirror(database, { userId: session.userId! });
    assertEquals(await exports.syncForAWhile!(mirror, session), 3_600_000);
    const busy = {
      type: "status",
      status: 429,
      retryAfterSeconds: 600,
    } as const;
    server.inject(busy);
    assertEquals(await exports.syncForAWhile!(mirror, session), 600_000);
  },
  async function showProgress({ session, exports, printed }) {
    const database = sqlite(new DatabaseSync(":memory:"));
    const mirror = await createMirror(database, { userId: session.userId! });
    await exports.syncFully!(mirror, session);
    const { rows } = await mirror.status();
    const count = Object.values(rows).reduce((sum, number) => sum + number);
    assertEquals(printed.splice(0).at(-1), [`${count} events`]);
    await exports.syncFully!(mirror, session);
    assertEquals(printed.at(-1), [`${count} of about ${count} events`]);
  },
  async function pull({ server, session, exports }) {
    server.library.addAlbum({ name: "Summer" }, []);
    assertEquals([...(await exports.albumNames!(session)).values()], [
      "Summer",
    ]);
    assertEquals(server.requests.at(-1)?.path, "/api/sync/ack");
  },
  async function byHand({ server, session, exports }) {
    assertEquals(await exports.userNames!(session), ["ada"]);
    assertEquals(server.requests.at(-1)?.path, "/api/sync/ack");
  },
  async function callAnyEndpoint({ server, session, exports }) {
    assertEquals(await exports.countSessions!(session), 1);
    assertEquals(server.requests.at(-1)?.path, "/api/sessions");
  },
  async function prefix({ session, exports }) {
    const database = sqlite(new DatabaseSync(":memory:"));
    const { userId } = session;
    assertEquals(await exports.newestPhotos!(database, userId), []);
    const mirror = await createMirror(database, {
      userId: userId!,
      prefix: "immich_",
    });
    await mirror.sync(session);
    const [photo] = await exports.newestPhotos!(database, userId);
    assertEquals(photo.original_file_name, "beach.jpg");
  },
  async function audit({ session, exports, printed }) {
    const database = sqlite(new DatabaseSync(":memory:"));
    const userId = session.userId!;
    const mirror = await createMirror(database, { userId });
    await mirror.sync(session);
    await exports.verify!(mirror, session);
    assertEquals(printed, []);
    await database.batch([{ sql: "DELETE FROM assets", params: [] }]);
    await exports.verify!(mirror, session);
    const { id } = (await mirror.query("SELECT id FROM assets"))[0]!;
    const missing = [{ table: "assets", key: { id } }];
    assertEquals(printed, [[{ missing, extra: [], different: [] }]]);
  },
  async function reachTheServer({ server, session, exports }) {
    assertEquals(await exports.nameBehindAccess!(session, "secret"), "ada");
    const { headers } = server.requests.at(-1)!;
    assertEquals(headers["cf-access-client-secret"], "secret");
  },
  async function logWhatHappens({ server, session, exports, printed }) {
    const database = sqlite(new DatabaseSync(":memory:"));
    const mirror = await createMirror(database, { userId: session.userId! });
    server.inject({ type: "truncate", atByte: 10 });
    server.inject({ type: "reset" });
    await exports.syncWithLog!(mirror, session);
    const events = printed.map(([line]) => JSON.parse(String(line)));
    assert(events.every(({ time }) => !Number.isNaN(Date.parse(time))));
    // The table in the guide lists every type, and every property.
    const section = guide.split("## Log what happens")[1]!.split("\n## ")[0]!;
    const rows = new Map(
      section.split("\n").filter((line) => line.startsWith("| `"))
        .map((line) => line.match(/`\w+`/g)!.map((name) => name.slice(1, -1)))
        .map(([type = "", ...names]) => [type, names] as const)
        .filter(([type]) => type !== "type"),
    );
    assertEquals(
      [...rows.keys()].sort(),
      [...new Set(events.map(({ type }) => type))].sort(),
    );
    for (const { type, time: _, ...properties } of events) {
      for (const name of Object.keys(properties)) {
        assert(rows.get(type)!.includes(name), `${type} ${name}`);
      }
    }
  },
  function errors({ printed }) {
    assertEquals(printed, [["Immich 3"]]);
  },
  function testYourOwnCode({ printed }) {
    assertEquals(printed, [["AssetV2"], ["SyncCompleteV1"], ["Ada"]]);
  },
];

// The directory is inside the repository, so that the package's own name
// resolves.
const directory = await Deno.makeTempDir({
  dir: new URL("tests", ROOT).pathname,
  prefix: "readme-",
});
Deno.test.afterAll(() => Deno.remove(directory, { recursive: true }));

const configFile = `${directory}/user.json`;
await Deno.writeTextFile(configFile, userConfig());

/** The files written by the blocks. */
const TEST_FILES = {
  json: `${directory}/photos.json`,
  session: `${directory}/session.json`,
  database: `${directory}/photos.db`,
};

for (
  const [name, markdown, expectations] of [
    ["README.md", readme, README],
    ["docs/GUIDE.md", guide, GUIDE],
  ] as const
) {
  test(`every TypeScript block in ${name} runs and does what it says`, async () => {
    const blocks = blocksOf(markdown, "ts");
    assertEquals(blocks.length, expectations.length);
    const prefix = `${directory}/${name.replaceAll(/\W/g, "_")}`;
    for (const [i, block] of blocks.entries()) {
      const code = block
        .replaceAll("photos.json", TEST_FILES.json)
        .replaceAll("session.json", TEST_FILES.session)
        .replace("photos.db", TEST_FILES.database);
      const file = `${prefix}_${i + 1}.ts`;
      await Deno.writeTextFile(file, code);
      await run(file, expectations[i]!);
    }
  });
}

/**
 * Runs a block against a fake server at the address used in the block, and
 * records the block's output.
 */
async function run(
  file: string,
  expectation: (run: Run) => void | Promise<void>,
): Promise<void> {
  const server = new FakeImmich({
    baseUrl: "https://photos.example.com",
    email: "ada@example.com",
    password: "engine",
  });
  server.library.addAsset({ originalFileName: "beach.jpg" });
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
      exports: await import(`file://${file}`),
      session: server.createSession(),
      again: (n = 1) => import(`file://${file}?again=${n}`),
    });
  } finally {
    Object.assign(globalThis, { fetch, console });
  }
}

/** Runs a script as a user does, and returns what it prints. */
async function runScript(script: string, cwd: string): Promise<string> {
  const flags = ["-A", "-q", "--no-check", "--config", configFile];
  const args = ["run", ...flags, script];
  return (await runCommand(Deno.execPath(), args, { cwd })).trim();
}

test("the README's first example can run ten times in separate processes", async () => {
  const server = new FakeImmich({
    email: "ada@example.com",
    password: "engine",
  });
  server.library.addAsset({ originalFileName: "beach.jpg" });
  await using listening = listen(server.handler);
  const cwd = await Deno.makeTempDir({ dir: directory });
  const [code = ""] = blocksOf(readme, "ts");
  const address = "https://photos.example.com";
  assert(code.includes(address));
  const script = `${cwd}/photos.ts`;
  await Deno.writeTextFile(script, code.replace(address, listening.baseUrl));
  assertEquals(await runScript(script, cwd), "{ AssetV2: 1 }");
  const sessions = await sessionIds(server);
  assertEquals(sessions.length, 2, "the login and its child session");
  for (let i = 1; i < 10; i++) assertEquals(await runScript(script, cwd), "{}");
  assertEquals(await sessionIds(server), sessions);
});

test("the README has at most 180 lines, and its first example at most 35", () => {
  const [first = ""] = blocksOf(readme, "ts");
  assert(first.trim().split("\n").length <= 35);
  assert(readme.trim().split("\n").length <= 180);
});

test("the README's commands are existing tasks", () => {
  const commands = blocksOf(readme, "sh").join("").match(
    /npx -y deno@\S+ task \w+/g,
  );
  assertEquals(commands, [
    "npx -y deno@2.9.6 task demo",
    "npx -y deno@2.9.6 task photos",
    "npx -y deno@2.9.6 task test",
  ]);
  for (const name of ["demo", "photos", "test", "ok", "bench"]) {
    assert(name in config.tasks);
  }
});

test("the guide names every error class and code", async () => {
  const names = [
    ...Object.keys(await import("../../mod.ts")),
    ...Object.keys(await import("../../src/mirror/mod.ts")),
  ];
  const errors = names.filter((name) => name.endsWith("Error"));
  for (const name of errors.filter((name) => name !== "isImmichError")) {
    assert(guide.includes(`\`${name}\``), name);
  }
  const codes = await Deno.readTextFile(new URL("src/errors/base.ts", ROOT));
  const [union = ""] =
    /export type OAuthErrorCode[\s\S]*?\nconst/.exec(codes) ?? [];
  for (const [, code] of union.matchAll(/"(\w+)"/g)) {
    assert(guide.includes(`\`${code}\``), code);
  }
});

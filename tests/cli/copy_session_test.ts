/** Sessions that end during a command, and sign-ins that others interrupted. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import type { Session } from "../../mod.ts";
import { assertHolds } from "../examples/mirror_file.ts";
import { sessionIds } from "../support/kept.ts";
import { test } from "../support/test.ts";
import { type IoInit, type Setup, setUp } from "./harness.ts";

/** Signs in to a server with a few photos, and fetches the first ones. */
async function synced(): Promise<Setup> {
  const all = await setUp();
  for (let i = 0; i < 3; i++) all.fake.library.addAsset();
  await all.login();
  await all.cli(["mirror", all.file]);
  await all.cli("events --ack");
  all.fake.library.addAsset();
  return all;
}

/** Returns the login of the command. */
function loginOf({ config }: Setup): Session {
  return JSON.parse(Deno.readTextFileSync(join(config, "login.json"))).session;
}

/** Returns the path of the file that stores the session of a copy. */
function storeOf({ config }: Setup, copy: string): string {
  const folder = join(config, "sessions");
  return Array.from(Deno.readDirSync(folder), ({ name }) => join(folder, name))
    .find((path) => JSON.parse(Deno.readTextFileSync(path)).copy === copy)!;
}

/** Returns the sessions of a copy: its own, and that session's parent. */
function sessionsOf(
  all: Setup,
  copy: string,
): { session: Session; login: Session } {
  const text = Deno.readTextFileSync(storeOf(all, copy));
  return JSON.parse(JSON.parse(text).session);
}

/** Which session ends. */
const ENDS: Record<string, (all: Setup, copy: string) => Session> = {
  "session": (all, copy) => sessionsOf(all, copy).session,
  "session's parent": (all, copy) => sessionsOf(all, copy).login,
};

/** Does something before the first request to a path. */
function before(
  { fake }: Setup,
  path: string,
  act: () => unknown,
): Pick<IoInit, "fetch"> {
  let isFirst = true;
  return {
    async fetch(url, init) {
      if (isFirst && url.endsWith(path)) {
        isFirst = false;
        await act();
      }
      return await fake.fetch(url, init);
    },
  };
}

for (const [what, find] of Object.entries(ENDS)) {
  for (const path of ["/sync/stream", "/sync/ack"]) {
    test(`mirror continues if the server ends its ${what} before ${path}`, async () => {
      await using all = await synced();
      const count = (await sessionIds(all.fake)).length;
      const end = () => all.fake.endSession(find(all, all.file));
      const { code, stderr } = await all.cli(
        ["mirror", all.file],
        before(all, path, end),
      );
      assertEquals([code, stderr], [
        0,
        "The server has ended the session of this run; fetching everything again\n",
      ]);
      await assertHolds(all);
      assertEquals((await sessionIds(all.fake)).length, count);
    });
  }

  test(`events --ack prints all again if the server ends its ${what}`, async () => {
    await using all = await synced();
    const args = "events --ack --types AssetsV2";
    const end = () => all.fake.endSession(find(all, "events"));
    const { code, stdout, stderr } = await all.cli(
      args,
      before(all, "/sync/stream", end),
    );
    assertEquals([code, stderr], [0, ""]);
    const types = stdout.trim().split("\n").map((line) =>
      JSON.parse(line).type
    );
    assertEquals(types, ["SyncResetV1", ...Array(4).fill("AssetV2")]);
    assertEquals((await all.cli(args)).stdout, "");
  });

  test(`audit starts over if the server ends its ${what}`, async () => {
    await using all = await synced();
    await all.cli(["mirror", all.file]);
    const end = () => all.fake.endSession(find(all, all.file));
    const { code, stdout, stderr } = await all.cli(
      ["audit", all.file],
      before(all, "/sync/stream", end),
    );
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /matches the server\n$/);
  });
}

test("the command says how to sign in again if the login ends during a run", async () => {
  for (
    const args of [["mirror"], ["audit"], ["events", "--ack"], ["events"]]
  ) {
    await using all = await synced();
    if (/mirror|audit/.test(args[0]!)) args.push(all.file);
    const end = () => all.fake.endSession(loginOf(all));
    const { code, stderr } = await all.cli(
      args,
      before(all, "/sync/stream", end),
    );
    assertEquals([code, stderr], [
      4,
      "Your login has ended. Sign in again with: immich-sync login --email YOU@EXAMPLE.COM\n",
    ]);
    const status = await all.cli("status");
    assertEquals([status.code, status.stderr], [code, stderr]);
  }
});

test("a login that used the browser is renewed without --email", async () => {
  await using all = await synced();
  const path = join(all.config, "login.json");
  const login = JSON.parse(await Deno.readTextFile(path));
  login.session.authType = "oauth";
  await Deno.writeTextFile(path, JSON.stringify(login));
  all.fake.endSession(login.session);
  assertEquals(
    (await all.cli("events")).stderr,
    "Your login has ended. Sign in again with: immich-sync login\n",
  );
});

test("events and status use the new login if another process signs in again", async () => {
  for (const [args, path] of [["events", "/stream"], ["status", "/me"]]) {
    await using all = await synced();
    const { code, stdout, stderr } = await all.cli(
      args!,
      before(all, path!, () => all.login()),
    );
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /"AuthUserV1"|Signed in/);
  }
});

test("a run ends and says so if the user signs out meanwhile", async () => {
  await using all = await synced();
  const { code, stderr } = await all.cli(
    ["mirror", all.file],
    before(all, "/sync/stream", () => all.cli("logout")),
  );
  assertEquals(code, 4);
  assertMatch(stderr, /^You are not signed in\. /);
});

test("a server that rejects every new session ends the run, but not the login", async () => {
  await using all = await synced();
  for (const args of [["mirror", all.file], ["events", "--ack"]]) {
    all.fake.inject({ type: "status", status: 401, times: 2 });
    const { code, stderr } = await all.cli(args);
    assertEquals([code, stderr.trim().split("\n").at(-1)], [
      3,
      "The server has ended the session of this run. Run the command again",
    ]);
    assertEquals((await all.cli(args)).code, 0);
  }
});

test("--watch says that the session has ended, and continues with another one", async () => {
  await using all = await synced();
  const io = all.io();
  const end = () => all.fake.endSession(sessionsOf(all, all.file).session);
  const { stdout, stderr } = await all.cli(
    ["mirror", all.file, "--watch", "10ms", "--json"],
    {
      ...before(all, "/sync/stream", end),
      signal: io.signal,
      stdout: {
        onWrite: (text) => text.includes('"result"') && io.interrupt(),
      },
    },
  );
  assertMatch(
    stderr,
    /^The server has ended the session of this run; next run now\n/,
  );
  const [error] = stdout.split("\n").map((line) => JSON.parse(line || "{}"))
    .filter(({ type }) => type === "error");
  assertEquals(error.message, "The server has ended the session of this run");
  assertEquals(error.retryInMs, 0);
  await assertHolds(all);
});

test("--watch ends if the login has ended, and says how to sign in again", async () => {
  await using all = await synced();
  const end = () => all.fake.endSession(loginOf(all));
  const { code, stderr } = await all.cli(
    ["mirror", all.file, "--watch"],
    before(all, "/sync/stream", end),
  );
  assertEquals(code, 4);
  assertMatch(stderr, /\nYour login has ended\. Sign in again with: [^\n]*\n$/);
});

/** Leaves the store of a copy as a process that was killed while signing in. */
async function killWhileSigningIn(
  all: Setup,
  copy: string,
  now: number,
): Promise<void> {
  const path = storeOf(all, copy);
  const stored = JSON.parse(await Deno.readTextFile(path));
  const claim = { id: "killed", until: now + 14_900 };
  const session = JSON.stringify({ ...JSON.parse(stored.session), claim });
  await Deno.writeTextFile(path, JSON.stringify({ ...stored, session }));
}

test("a command says why and for how long it waits after another was killed", async () => {
  await using all = await synced();
  for (const args of [["mirror", all.file], ["events", "--ack"]]) {
    let now = Date.now();
    const copy = args[0] === "events" ? "events" : all.file;
    await killWhileSigningIn(all, copy, now);
    const clock = {
      ...all.io().clock,
      now: () => now,
      sleep: (ms: number) => Promise.resolve(void (now += ms)),
    };
    const { code, stderr } = await all.cli(args, { clock });
    assertEquals(code, 0);
    assertMatch(
      stderr,
      /^Waiting up to 1\d seconds: another run is signing in, or was killed while it signed in\n$/,
    );
  }
  let now = Date.now();
  await killWhileSigningIn(all, all.file, now);
  const sleep = (ms: number) => Promise.resolve(void (now += ms));
  const clock = { ...all.io().clock, now: () => now, sleep };
  const quiet = await all.cli(["mirror", all.file, "--quiet"], { clock });
  assertEquals(quiet, { code: 0, stdout: "", stderr: "" });
});

test("Ctrl-C ends the wait for another sign-in", async () => {
  await using all = await synced();
  const now = Date.now();
  await killWhileSigningIn(all, all.file, now);
  const { signal, interrupt, clock } = all.io();
  const { code, stderr } = await all.cli(["mirror", all.file], {
    signal,
    clock: { ...clock, now: () => now },
    stderr: { onWrite: interrupt },
  });
  assertEquals(code, 130);
  assertStringIncludes(stderr, "another run is signing in");
});

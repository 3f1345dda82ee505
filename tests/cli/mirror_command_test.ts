import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import { assertHolds, countRows, query } from "../examples/mirror_file.ts";
import { sessionIds } from "../support/kept.ts";
import { test } from "../support/test.ts";
import { type Setup, setUp } from "./harness.ts";

/** Signs in to a server with a few photos. */
async function signedIn(photos = 3): Promise<Setup> {
  // On the local network, streams are not compressed.
  const all = await setUp({ baseUrl: "http://immich.local" });
  for (let i = 0; i < photos; i++) {
    all.fake.library.addAsset({ originalFileName: `IMG_${i}.JPG` });
  }
  await all.login();
  return all;
}

test("the first run fetches everything, and later runs fetch only changes", async () => {
  await using all = await signedIn();
  const first = await all.cli(["mirror", all.file]);
  assertEquals([first.code, first.stderr], [0, ""]);
  assertMatch(
    first.stdout,
    /is up to date: received 8 events in \d+ seconds?\n$/,
  );
  await assertHolds(all);
  assertEquals((await Deno.stat(all.file)).mode! & 0o777, 0o600);
  assertEquals(query(all.file, "PRAGMA journal_mode"), [
    { journal_mode: "wal" },
  ]);

  const second = await all.cli(["mirror", all.file]);
  assertEquals(
    second.stdout,
    `${all.file} is up to date: nothing has changed\n`,
  );
  all.fake.library.addAsset();
  const third = await all.cli(["mirror", all.file]);
  assertMatch(third.stdout, /received 2 events/);
  await assertHolds(all);
});

test("ten runs use the same sessions, and create no others", async () => {
  await using all = await signedIn();
  await all.cli(["mirror", all.file]);
  const sessions = await sessionIds(all.fake);
  assertEquals(sessions.length, 3);
  for (let i = 0; i < 10; i++) await all.cli(["mirror", all.file]);
  assertEquals(await sessionIds(all.fake), sessions);
});

test("each file has its own session, so both of two files receive every change", async () => {
  await using all = await signedIn();
  const other = join(all.directory, "other.db");
  await all.cli(["mirror", all.file]);
  await all.cli(["mirror", other]);
  all.fake.library.addAsset();
  for (const file of [all.file, other]) {
    const { stdout } = await all.cli(["mirror", file]);
    assertMatch(stdout, /received 2 events/);
    await assertHolds({ file, fake: all.fake });
  }
});

test("a session that the server has ended is replaced without a new login", async () => {
  await using all = await signedIn();
  await all.cli(["mirror", all.file]);
  const before = await sessionIds(all.fake);
  const { headers } = all.fake.requests.findLast(({ path }) =>
    path.endsWith("/sync/stream")
  )!;
  const accessToken = headers.authorization!.replace("Bearer ", "");
  all.fake.endSession({ baseUrl: all.fake.baseUrl, accessToken });
  const { code, stderr } = await all.cli(["mirror", all.file]);
  assertEquals([code, stderr], [0, ""]);
  await assertHolds(all);
  assertEquals((await sessionIds(all.fake)).length, before.length);
});

test("--full fetches everything again, and removes rows that no longer exist", async () => {
  await using all = await signedIn();
  await all.cli(["mirror", all.file]);
  const { stdout } = await all.cli(["mirror", all.file, "--full"]);
  assertMatch(stdout, /received 8 events/);
  await assertHolds(all);
});

test("--quiet prints nothing, and --json prints one object per line", async () => {
  await using all = await signedIn();
  const quiet = await all.cli(["mirror", all.file, "--quiet"]);
  assertEquals(quiet, { code: 0, stdout: "", stderr: "" });
  all.fake.library.addAsset();
  const { code, stdout } = await all.cli(["mirror", all.file, "--json"]);
  assertEquals(code, 0);
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines[0].type, "progress");
  const { type, file, counts, complete, rows } = lines.at(-1);
  assertEquals([type, file, complete], ["result", all.file, true]);
  assertEquals(counts, { AssetV2: 1, AssetExifV1: 1 });
  assertEquals(rows.assets, 4);
});

test("a terminal shows a bar, which the result replaces", async () => {
  await using all = await signedIn();
  const { stdout } = await all.cli(["mirror", all.file], {
    stdout: { isTerminal: true },
  });
  const [first = "", last = ""] = stdout.split("\r\x1b[K");
  assertMatch(first, /^\r\[·*█·*\] .* events, /);
  assertMatch(last, /^\S+photos\.db is up to date: received 8 events/);
});

test("a path where no mirror can be is explained before any request is sent", async () => {
  await using all = await signedIn();
  await Deno.writeTextFile(join(all.directory, "notes.txt"), "x".repeat(100));
  await Deno.mkdir(join(all.directory, "folder"));
  const mistakes = {
    "notes.txt": "is not a SQLite file",
    "folder": "is a folder",
    "missing/photos.db": `The folder "${
      join(all.directory, "missing")
    }" does not exist`,
    "notes.txt/photos.db": "is not a folder",
  };
  all.fake.requests.length = 0;
  for (const [path, sentence] of Object.entries(mistakes)) {
    for (const command of ["mirror", "audit", "check"]) {
      const file = join(all.directory, path);
      const { code, stdout, stderr } = await all.cli([command, file]);
      assertEquals([code, stdout], [2, ""]);
      assertStringIncludes(stderr, sentence);
      assertEquals(stderr.trim().split("\n").length, 1);
    }
  }
  assertEquals(all.fake.requests.length, 0);
  assertEquals(
    await Deno.readTextFile(join(all.directory, "notes.txt")),
    "x".repeat(100),
  );
});

test("a path that leads to no file is explained in one sentence", async () => {
  await using all = await signedIn();
  const loop = join(all.directory, "loop.db");
  await Deno.symlink(loop, loop);
  const looped = await all.cli(["mirror", loop]);
  assertEquals([looped.code, looped.stderr], [
    3,
    `Cannot use "${loop}": its symbolic links form a loop\n`,
  ]);
  const device = await all.cli(["mirror", "/dev/null"]);
  assertEquals([device.code, device.stderr], [
    2,
    '"/dev/null" is not a file\n',
  ]);
});

test("another user's file is refused, and stays unchanged", async () => {
  await using all = await signedIn();
  await all.cli(["mirror", all.file]);
  await using other = await setUp();
  await other.login();
  const { code, stderr } = await other.cli(["mirror", all.file]);
  assertEquals(code, 2);
  assertEquals(
    stderr,
    `This file belongs to user ${all.fake.user.id}, but you are signed in as another user; use another file, or sign in as that user\n`,
  );
  await assertHolds(all);
});

test("--moved keeps using a file after the server's address has changed", async () => {
  await using all = await signedIn();
  await all.cli(["mirror", all.file]);
  const path = join(all.config, "login.json");
  const login = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, login.replace("immich.local", "new.local"));
  await Deno.remove(join(all.config, "sessions"), { recursive: true });
  const moved = {
    fetch: (url: string, init: RequestInit) =>
      all.fake.fetch(url.replace("new.local", "immich.local"), init),
  };
  const refused = await all.cli(["mirror", all.file], moved);
  assertEquals(refused.code, 2);
  assertMatch(refused.stderr, /if the server has moved, add --moved/);
  const { code } = await all.cli(["mirror", all.file, "--moved"], moved);
  assertEquals(code, 0);
  assertEquals((await all.cli(["mirror", all.file], moved)).code, 0);
});

test("a second run on the same file is refused, and the first one completes", async () => {
  await using all = await signedIn();
  await all.cli(["mirror", all.file]);
  const { promise: streaming, resolve: onStream } = Promise.withResolvers<
    void
  >();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  all.fake.library.addAsset();
  const first = all.cli(["mirror", all.file], {
    async fetch(url, init) {
      if (url.endsWith("/sync/stream")) {
        onStream();
        await released;
      }
      return await all.fake.fetch(url, init);
    },
  });
  await streaming;
  const second = await all.cli(["mirror", all.file]);
  const watching = await all.cli(["mirror", all.file, "--watch"]);
  release();
  assertEquals((await first).code, 0);
  for (const { code, stdout, stderr } of [second, watching]) {
    assertEquals([code, stdout], [5, ""]);
    assertMatch(stderr, /^Another run is updating this file\. .*\n$/);
  }
  await assertHolds(all);
});

test("Ctrl-C acknowledges what is stored, and the next run fetches the rest", async () => {
  await using all = await signedIn(3_000);
  all.fake.inject({ type: "stall", atByte: 1_200_000 });
  const io = all.io();
  const stdout = {
    onWrite: (text: string) =>
      /[1-9],\d{3} events/.test(text) && io.interrupt(),
  };
  // Every report is due.
  let now = 0;
  const clock = { ...io.clock, now: () => now += 3_000 };
  const ended = await all.cli(["mirror", all.file], {
    stdout,
    clock,
    signal: io.signal,
  });
  const { code, stderr } = ended;
  assertEquals(code, 130);
  assert(!ended.stdout.includes("retrying"), ended.stdout);
  assertEquals(
    ended.stdout.trim().split("\n").at(-1),
    `Stopped; the next run of "mirror" continues ${all.file}`,
  );
  assertMatch(stderr, /^\nStopping\. Press Ctrl-C again/);
  const before = countRows(all.file, "assets");
  assert(before > 1_000 && before < 3_000, `${before} were stored`);

  const second = await all.cli(["mirror", all.file, "--json"]);
  assertEquals(second.code, 0);
  const { counts } = JSON.parse(second.stdout.trim().split("\n").at(-1)!);
  assertEquals(counts.AssetV2, 3_000 - before);
  await assertHolds(all);
});

test("--watch reports a change, and Ctrl-C ends it between two runs", async () => {
  await using all = await signedIn();
  const io = all.io();
  const { file, fake: { library } } = all;
  let runs = 0;
  const ended = await all.cli(["mirror", file, "--watch", "10ms", "--json"], {
    signal: io.signal,
    stdout: {
      onWrite(text: string) {
        if (!text.includes('"type":"result"')) return;
        if (++runs === 1) library.addAsset();
        if (runs === 2) io.interrupt();
      },
    },
  });
  assertEquals(ended.code, 130);
  const lines = ended.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.at(-1), { type: "stopped", file });
  const results = lines.filter(({ type }) => type === "result");
  for (const { ms } of results) assert(Number.isInteger(ms), `${ms}`);
  assertEquals(results.map(({ counts }) => counts.AssetV2), [3, 1]);
  await assertHolds(all);
});

test("--watch reports an outage in one sentence, and keeps running", async () => {
  await using all = await signedIn();
  const io = all.io();
  let isDown = false;
  const ended = await all.cli(["mirror", all.file, "--watch", "10ms"], {
    signal: io.signal,
    fetch(url, init) {
      if (isDown && url.endsWith("/api/users/me")) {
        return Promise.reject(new TypeError("connection refused"));
      }
      return all.fake.fetch(url, init);
    },
    stdout: { onWrite: () => void (isDown = true) },
    // The command waits before the next run.
    stderr: { onWrite: () => io.interrupt() },
  });
  assertEquals(ended.code, 130);
  assertMatch(
    ended.stderr,
    /^Cannot reach "http:\/\/immich\.local": .*\(connection refused\); next run in \d+ seconds?\n/,
  );
});

test("the command asks the user to sign in again if the server has ended the login", async () => {
  await using all = await signedIn();
  await all.cli(["mirror", all.file]);
  const { session } = JSON.parse(
    await Deno.readTextFile(join(all.config, "login.json")),
  );
  all.fake.endSession(session);
  const { code, stdout, stderr } = await all.cli(["mirror", all.file]);
  assertEquals([code, stdout], [4, ""]);
  assertStringIncludes(stderr, "Sign in again with: immich-sync login");
  assert(!stderr.includes(session.accessToken));
  await all.login();
  assertEquals((await all.cli(["mirror", all.file])).code, 0);
  await assertHolds(all);
});

test("a login used only by mirror runs does not expire after 90 days", async () => {
  let now = Date.UTC(2026, 0, 1);
  await using all = await setUp({ now: () => now });
  const io = all.io();
  const clock = { ...io.clock, now: () => now };
  await all.cli(
    ["login", "--server", all.fake.baseUrl, "--email", all.fake.user.email],
    { clock, env: { ...io.env, IMMICH_PASSWORD: "demo" } },
  );
  for (let day = 0; day < 200; day += 20) {
    now += 20 * 86_400_000;
    const { code, stderr } = await all.cli(["mirror", all.file], { clock });
    assertEquals([code, stderr], [0, ""]);
  }
});

/** Backs up a file, and returns a function that restores it. */
async function backUp({ file }: Setup): Promise<() => Promise<void>> {
  const bytes = await Deno.readFile(file);
  return async () => {
    await Deno.remove(file);
    await Deno.writeFile(file, bytes);
  };
}

test("a file that was restored from a backup receives the rows that it lacks", async () => {
  await using all = await signedIn();
  await all.cli(["mirror", all.file]);
  const restore = await backUp(all);
  const { id } = all.fake.library.addAsset();
  await all.cli(["mirror", all.file]);
  all.fake.library.deleteAsset(id);
  all.fake.library.addAsset();
  await all.cli(["mirror", all.file]);
  const sessions = await sessionIds(all.fake);
  await restore();

  // A run that fails does not forget that the file was restored.
  const fetch = () => Promise.reject(new TypeError("offline"));
  assertEquals((await all.cli(["mirror", all.file], { fetch })).code, 3);
  all.fake.inject({
    type: "status",
    status: 403,
    on: ({ method }) => method === "DELETE",
  });
  assertEquals((await all.cli(["mirror", all.file])).code, 3);
  assertEquals((await all.cli(["mirror", all.file])).code, 0);
  await assertHolds(all);
  assertEquals(await sessionIds(all.fake), sessions);
});

test("two files at the same path on different volumes both receive every change", async () => {
  await using all = await signedIn();
  await all.cli(["mirror", all.file]);
  const toFirst = await backUp(all);
  await Deno.remove(all.file);
  await all.cli(["mirror", all.file]);
  all.fake.library.addAsset();
  await all.cli(["mirror", all.file]);
  await toFirst();
  await all.cli(["mirror", all.file]);
  await assertHolds(all);
});

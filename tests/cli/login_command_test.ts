import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import { sessionIds } from "../support/kept.ts";
import { test } from "../support/test.ts";
import { type IoInit, type Setup, setUp } from "./harness.ts";

/** Signs in with a password from the environment. */
function login({ cli, fake, io }: Setup, init: IoInit = {}, password = "demo") {
  const env = { ...io().env, IMMICH_PASSWORD: password };
  const args = ["--server", fake.baseUrl, "--email", fake.user.email];
  return cli(["login", ...args], { env, ...init });
}

const logout = ({ cli }: Setup) => cli("logout");

const modeOf = (path: string) => Deno.statSync(path).mode! & 0o777;

test("a login is stored without the password, in a file only its owner can read", async () => {
  await using all = await setUp();
  const { code, stdout, stderr } = await login(all);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(
    stdout,
    "Immich 3.1.0 at https://immich.test\nSigned in as demo <demo@immich.test>\n",
  );
  const path = join(all.config, "login.json");
  assertEquals([modeOf(path), modeOf(all.config)], [0o600, 0o700]);
  const text = await Deno.readTextFile(path);
  const { session } = JSON.parse(text);
  assertEquals(session.baseUrl, all.fake.baseUrl);
  assert(!text.includes('"demo"'));
  assert(!stdout.includes(session.accessToken));
});

test("a wrong password is reported in one sentence, and nothing is stored", async () => {
  await using all = await setUp();
  const { code, stderr } = await login(all, {}, "wrong-password");
  assertEquals(code, 4);
  assertMatch(stderr, /^Cannot sign in: .*"Incorrect email or password".*\n$/);
  assert(!stderr.includes("wrong-password"));
  assertEquals(Array.from(Deno.readDirSync(all.directory)), []);
});

test("a second login ends the first one and the sessions of its copies", async () => {
  await using all = await setUp();
  await login(all);
  await all.cli(["mirror", all.file]);
  const first = await sessionIds(all.fake);
  assertEquals(first.length, 3);
  await login(all);
  const second = await sessionIds(all.fake);
  assertEquals(second.length, 1);
  assert(!first.includes(second[0]!));
  const { code, stdout } = await all.cli(["mirror", all.file]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "is up to date");
});

test("a failed second login keeps the first one", async () => {
  await using all = await setUp();
  await login(all);
  const before = await sessionIds(all.fake);
  assertEquals((await login(all, {}, "wrong")).code, 4);
  assertEquals(await sessionIds(all.fake), before);
  assertEquals((await all.cli("status")).code, 0);
});

test("logout also ends an earlier login that a later login could not end", async () => {
  await using all = await setUp();
  await login(all);
  const { code, stderr } = await login(all, {
    fetch: (url, init) =>
      url.endsWith("/auth/logout")
        ? Promise.resolve(new Response(null, { status: 503 }))
        : all.fake.fetch(url, init),
  });
  assertEquals(code, 0);
  assertMatch(stderr, /^The earlier session at \S+ could not be ended/);
  assertEquals((await sessionIds(all.fake)).length, 2);
  await all.cli("logout");
  assertEquals(await sessionIds(all.fake), []);
});

test("a login that cannot be stored leaves no session on the server", async () => {
  await using all = await setUp();
  await Deno.writeTextFile(join(all.directory, "config"), "");
  const { code, stderr } = await login(all);
  assertEquals(code, 3);
  assertMatch(stderr, /^Cannot use ".*config.*": .*\n$/);
  assertEquals(await sessionIds(all.fake), []);
});

test("an invalid login file is named in the error", async () => {
  await using all = await setUp();
  await login(all);
  const path = join(all.config, "login.json");
  for (const text of ["", "{}", '{"version":2}', "[]"]) {
    await Deno.writeTextFile(path, text);
    const { code, stderr } = await all.cli("status");
    assertEquals(code, 3);
    assertStringIncludes(stderr, path);
  }
});

test("login without --server signs in to the server of the last login", async () => {
  await using all = await setUp();
  await login(all);
  const env = { ...all.io().env, IMMICH_PASSWORD: "demo" };
  const again = await all.cli(["login", "--email", all.fake.user.email], {
    env,
  });
  assertEquals(again.code, 0);
});

test("a password can be piped in", async () => {
  await using all = await setUp();
  const { env } = all.io();
  for (const text of ["demo", "demo\n", "demo\r\n"]) {
    const stdin = {
      isTerminal: false,
      setRawMode() {},
      async *read() {
        yield* text;
      },
    };
    const { code, stderr } = await login(all, { stdin, env });
    assertEquals([code, stderr], [0, ""]);
  }
  const { code, stderr } = await login(all, { env });
  assertEquals(code, 2);
  assertMatch(stderr, /^The password is empty; .*IMMICH_PASSWORD/);
});

/** A terminal on which a user types. */
function terminal(keys: string[]) {
  const modes: boolean[] = [];
  return {
    modes,
    isTerminal: true,
    setRawMode: (isRaw: boolean) => void modes.push(isRaw),
    async *read() {
      yield* keys;
    },
  };
}

test("a typed password is not shown, and can be corrected with backspace", async () => {
  await using all = await setUp();
  const { env } = all.io();
  for (
    const keys of [
      ["demo\r"],
      ["d", "e", "m", "x", "\x7f", "o", "\r"],
      ["wrong\x15demo\n"],
      ["dé\b", "em\x1b[D", "o\r"],
    ]
  ) {
    const stdin = terminal(keys);
    const { code, stdout, stderr } = await login(all, { stdin, env });
    assertEquals(code, 0, JSON.stringify(keys));
    assertEquals(stderr, "Password of demo@immich.test: \n");
    assert(!stdout.includes("demo\n"));
    assertEquals(stdin.modes, [true, false]);
  }
});

test("Ctrl-C at the password prompt restores the terminal, and stores nothing", async () => {
  await using all = await setUp();
  const io = all.io();
  const stdin = terminal(["de", "\x03"]);
  const { env, signal, interrupt } = io;
  const { code, stderr } = await login(all, { stdin, env, signal, interrupt });
  assertEquals([code, stderr], [130, "Password of demo@immich.test: \n"]);
  assertEquals(stdin.modes, [true, false]);
  assertEquals(await sessionIds(all.fake), []);
});

test("--allow-insecure-http is needed for a public http server, and is remembered", async () => {
  await using all = await setUp({ baseUrl: "http://photos.example.com" });
  const refused = await login(all);
  assertEquals(refused.code, 2);
  assertStringIncludes(refused.stderr, "--allow-insecure-http");
  assertEquals(all.fake.requests.length, 0);
  const env = { ...all.io().env, IMMICH_PASSWORD: "demo" };
  const args = ["--server", all.fake.baseUrl, "--email", all.fake.user.email];
  const allowed = ["login", ...args, "--allow-insecure-http"];
  assertEquals((await all.cli(allowed, { env })).code, 0);
  assertEquals((await all.cli(["mirror", all.file])).code, 0);
});

test("logout ends every session, and keeps the SQLite file", async () => {
  await using all = await setUp();
  await login(all);
  await all.cli(["mirror", all.file]);
  await all.cli(["events", "--ack"]);
  assertEquals((await sessionIds(all.fake)).length, 5);
  const { code, stdout } = await all.cli("logout");
  assertEquals([code, stdout], [0, "Signed out of https://immich.test\n"]);
  assertEquals(await sessionIds(all.fake), []);
  assertEquals(Array.from(Deno.readDirSync(all.config)), []);
  assert((await Deno.stat(all.file)).isFile);
  assertEquals((await all.cli("logout")).code, 4);
});

test("logout keeps the login if the server cannot be reached, unless forced", async () => {
  await using all = await setUp();
  await login(all);
  const fetch = () => Promise.reject(new TypeError("connection refused"));
  const { code, stderr } = await all.cli("logout", { fetch });
  assertEquals(code, 3);
  assertMatch(
    stderr,
    /^Cannot reach .*; to delete the stored login anyway, add --force\n$/,
  );
  assertEquals((await all.cli("status")).code, 0);
  assertEquals(await all.cli("logout --force", { fetch }), {
    code: 0,
    stdout: "Deleted the stored login at https://immich.test\n",
    stderr:
      "The login and the copies' sessions at https://immich.test could not be ended, and are still valid; end them in your account settings on that server\n",
  });
  assertEquals((await all.cli("status")).code, 4);
});

/** Does something else during the first request to a path. */
function before(
  path: string,
  { fake }: Setup,
  act: () => Promise<unknown>,
): Pick<IoInit, "fetch"> {
  let isFirst = true;
  return {
    async fetch(url, init) {
      const acts = isFirst && url.endsWith(path);
      if (acts) isFirst = false;
      const response = await fake.fetch(url, init);
      if (acts) await act();
      return response;
    },
  };
}

test("only one session remains after two simultaneous logins", async () => {
  await using all = await setUp();
  const during = before("/auth/login", all, () => login(all));
  const { code, stderr } = await login(all, during);
  assertEquals([code, stderr], [0, ""]);
  assertEquals((await sessionIds(all.fake)).length, 1);
  assertEquals((await all.cli("status")).code, 0);
});

test("a command that is using a login does not undo a new login or a logout", async () => {
  for (const [act, kept] of [[login, 1], [logout, 0]] as const) {
    await using all = await setUp();
    await login(all);
    const clock = { ...all.io().clock, now: () => Date.now() + 2 * 86_400_000 };
    const during = before("/users/me", all, () => act(all));
    await all.cli(["mirror", all.file], { ...during, clock });
    assertEquals((await all.cli("status")).code, kept === 1 ? 0 : 4);
  }
});

test("logout names the server of an earlier session that it could not end", async () => {
  await using all = await setUp();
  await login(all);
  const fetch: IoInit["fetch"] = (url, init) =>
    url.endsWith("/auth/logout")
      ? Promise.resolve(new Response(null, { status: 503 }))
      : all.fake.fetch(url, init);
  await login(all, { fetch });
  const { code, stderr } = await all.cli("logout --force", { fetch });
  assertEquals(code, 0);
  assertMatch(
    stderr,
    /^An earlier session at https:\/\/immich.test could not be ended; .*\nThe login .*\n$/,
  );
});

test("Ctrl-C at any request of a login leaves no session that is not stored", async () => {
  for (let at = 1; at <= 4; at++) {
    await using all = await setUp();
    const { env, signal, interrupt } = all.io();
    const fetch: IoInit["fetch"] = async (url, init) => {
      const response = await all.fake.fetch(url, init);
      if (all.fake.requests.length === at) interrupt();
      return response;
    };
    const { code } = await login(all, {
      env: { ...env, IMMICH_PASSWORD: "demo" },
      fetch,
      signal,
      interrupt,
    });
    assertEquals(code, 130);
    const isStored = (await all.cli("status")).code === 0;
    assertEquals((await sessionIds(all.fake)).length, isStored ? 1 : 0);
  }
});

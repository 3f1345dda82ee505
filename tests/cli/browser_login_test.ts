import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { later } from "../support/events.ts";
import { reservePort } from "../support/listen.ts";
import { sessionIds } from "../support/kept.ts";
import { test } from "../support/test.ts";
import { type IoInit, type Setup, setUp } from "./harness.ts";

/** Signs in with a browser that visits the address opened by the command. */
async function login(
  { cli, fake }: Setup,
  visit: (url: string, port: number) => Promise<unknown>,
  init: IoInit = {},
) {
  const port = reservePort();
  let visited: Promise<unknown> = Promise.resolve();
  const ended = await cli(
    ["login", "--server", fake.baseUrl, "--port", String(port)],
    { openBrowser: (url) => void (visited = visit(url, port)), ...init },
  );
  return { ...ended, port, visited: await visited };
}

/** Follows the provider's redirect to the loopback address. */
async function follow({ fake }: Setup, url: string): Promise<string> {
  const provider = await fake.fetch(url, { redirect: "manual" });
  return provider.headers.get("location")!;
}

/** The machine's own addresses. Some machines have no IPv6. */
const LOOPBACK = ["127.0.0.1", "::1"].filter((hostname) => {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
});

async function get(url: string): Promise<[number, string]> {
  const response = await fetch(url);
  return [response.status, await response.text()];
}

/** Sends a request. Resolves once the server has received it. */
async function send(url: string): Promise<{ response: Promise<string> }> {
  const { hostname, port, pathname, search } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = `GET ${pathname}${search} HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`;
  await connection.write(new TextEncoder().encode(head));
  // The server answers a later request, so it has read this one.
  await get(new URL("/favicon.ico", url).href);
  return { response: new Response(connection.readable).text() };
}

test("signing in with the browser succeeds, and the browser's page says so", async () => {
  await using all = await setUp();
  const { code, stdout, stderr, port, visited } = await login(
    all,
    async (url) => await get(await follow(all, url)),
  );
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, `http://localhost:${port}/callback`);
  assertStringIncludes(stdout, "\nWaiting 10 minutes for the sign-in\n");
  assertStringIncludes(stdout, "Signed in as demo <demo@immich.test>");
  const [status, page] = visited as [number, string];
  assertEquals(status, 200);
  assertStringIncludes(page, "You are signed in. You can close this page.");
  assertEquals((await sessionIds(all.fake)).length, 1);
  assertMatch((await all.cli("status")).stdout, /Signed in {2}.* with oauth\n/);
});

test("a refused sign-in is reported in the terminal and in the browser", async () => {
  await using all = await setUp({ provider: "refuse" });
  const { code, stderr, visited } = await login(
    all,
    async (url) => await get(await follow(all, url)),
  );
  assertEquals(code, 3);
  assertMatch(stderr, /^Cannot finish the OAuth sign-in: .*access_denied.*\n$/);
  const [status, page] = visited as [number, string];
  assertEquals(status, 400);
  assertStringIncludes(page, "You are not signed in.");
});

test("unrelated requests to the local port neither complete nor end the sign-in", async () => {
  await using all = await setUp();
  const { code, visited } = await login(all, async (url, port) => {
    const local = `http://localhost:${port}`;
    return [
      await get(`${local}/favicon.ico`),
      await get(`${local}/callback?code=1&state=other`),
      await get(await follow(all, url)),
    ].map(([status]) => status);
  });
  assertEquals(code, 0);
  assertEquals(visited, [404, 400, 200]);
});

test("only a GET request with the right state completes the sign-in", async () => {
  await using all = await setUp();
  const { code, visited } = await login(all, async (url) => {
    const location = await follow(all, url);
    const statuses: number[] = [];
    for (const method of ["HEAD", "OPTIONS", "POST"]) {
      const response = await fetch(location, { method });
      await response.body?.cancel();
      statuses.push(response.status);
    }
    // The provider's code has not been used yet.
    return [...statuses, (await get(location))[0]];
  });
  assertEquals([code, visited], [0, [405, 405, 405, 200]]);
});

test("a page that is reloaded during the sign-in uses the provider's code once", async () => {
  await using all = await setUp();
  let reloaded: { response: Promise<string> } | undefined;
  let location = "";
  const { code, visited } = await login(
    all,
    async (url) => {
      location = await follow(all, url);
      const [status] = await get(location);
      return [status, (await reloaded!.response).split(" ")[1]];
    },
    {
      async fetch(url, init) {
        // The page is reloaded while the code is on its way to the server.
        if (url.endsWith("/oauth/callback")) reloaded ??= await send(location);
        return await all.fake.fetch(url, init);
      },
    },
  );
  assertEquals([code, visited], [0, [200, "200"]]);
  const callbacks = all.fake.requests
    .filter(({ path }) => path.endsWith("/oauth/callback"));
  assertEquals(callbacks.length, 1);
});

test("the command suggests --email if the server has no OAuth", async () => {
  await using all = await setUp({ provider: "off" });
  const { code, stderr } = await login(all, () => Promise.resolve());
  assertEquals(code, 2);
  assertMatch(stderr, /OAuth is not enabled.*--email/);
});

test("the command suggests --port if the port is in use", async () => {
  await using all = await setUp();
  for (const hostname of LOOPBACK) {
    using taken = Deno.listen({ hostname, port: 0 });
    const port = String((taken.addr as Deno.NetAddr).port);
    const args = ["login", "--server", all.fake.baseUrl, "--port", port];
    const { code, stderr } = await all.cli(args);
    assertEquals(code, 2);
    assertMatch(stderr, RegExp(`^Port ${port} is in use; .*--port`));
  }
});

test("Ctrl-C ends the wait for the browser", async () => {
  await using all = await setUp();
  const io = all.io();
  const visit = () => Promise.resolve(io.interrupt());
  const { code, stderr } = await login(all, visit, { signal: io.signal });
  assertEquals([code, stderr], [130, ""]);
});

test("a page of another sign-in does not change how the sign-in ends", async () => {
  await using all = await setUp();
  const isVisited = later();
  const clock = { ...all.io().clock, sleep: () => isVisited.promise };
  const { code, stderr } = await login(all, async (_, port) => {
    await get(`http://localhost:${port}/callback?state=other&code=a`);
    isVisited.resolve();
  }, { clock });
  assertEquals(code, 2);
  assertMatch(stderr, /^Nobody signed in within 10 minutes; /);
});

test("a sign-in that nobody completes ends after ten minutes", async () => {
  await using all = await setUp();
  const waits: number[] = [];
  const clock = {
    ...all.io().clock,
    sleep: (ms: number) => Promise.resolve(void waits.push(ms)),
  };
  const { code, stderr } = await login(all, () => Promise.resolve(), { clock });
  assertEquals(code, 2);
  assertMatch(stderr, /^Nobody signed in within 10 minutes; /);
  assertEquals(waits, [600_000]);
});

test("--no-browser prints the address, and opens no browser", async () => {
  await using all = await setUp();
  const io = all.io();
  let opened = 0;
  const args = ["login", "--server", all.fake.baseUrl, "--no-browser"];
  const { code, stdout } = await all.cli(
    [...args, "--port", String(reservePort())],
    {
      signal: io.signal,
      openBrowser: () => void opened++,
      stdout: {
        onWrite: (text) => text.includes("redirect URI") && io.interrupt(),
      },
    },
  );
  assertEquals([code, opened], [130, 0]);
  assert(stdout.includes("/oauth-provider/auth?"));
});

test("Ctrl-C while the browser signs in leaves no session on the server", async () => {
  await using all = await setUp();
  const { signal, interrupt } = all.io();
  const { code } = await login(
    all,
    async (url) => await get(await follow(all, url)),
    {
      signal,
      interrupt,
      async fetch(url, init) {
        const response = await all.fake.fetch(url, init);
        if (url.endsWith("/oauth/callback")) interrupt();
        return response;
      },
    },
  );
  assertEquals(code, 130);
  assertEquals(await sessionIds(all.fake), []);
});

/** The worker as `deno task photos` starts it, used by hand. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { type Child, start } from "../../support/children.ts";
import { ROOT } from "../../support/sources.ts";
import { test } from "../../support/test.ts";
import { Browser } from "./browser.ts";
import { syncNow } from "./harness.ts";

const MAIN = new URL("examples/photos/local/main.ts", ROOT).pathname;

/** The longest time in starts of the program: about a minute on an idle machine. */
const MOST_STARTS = 200;

function startTask(...options: string[]): Child {
  const args = ["run", "-A", "--no-check", MAIN, ...options];
  return start(Deno.execPath(), args, { cwd: ROOT });
}

/** A port that nobody has. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Measures how long the program takes to start and to refuse an option, in milliseconds. */
async function measureStart(): Promise<number> {
  const begin = performance.now();
  await using child = startTask("--port=here");
  await child.outcome;
  return performance.now() - begin;
}

test("the task prints one address for sign-in, sync and photos within a minute", async () => {
  const most = MOST_STARTS * await measureStart();
  const begin = performance.now();
  const port = freePort();
  await using child = startTask("--port", `${port}`, "--assets", "300");
  const origin = `http://127.0.0.1:${port}`;
  await child.writes(`Open  ${origin}\n`);
  const browser = new Browser(
    origin,
    (url, request) => fetch(url, { ...request, redirect: "manual" }),
  );
  assert((await browser.get("/")).text.includes("Sign in with Immich"));

  const { headers } = await browser.get("/login");
  const page = await fetch(headers.get("location")!);
  const [, approve = ""] = /id="approve" href="([^"]+)"/.exec(
    await page.text(),
  ) ?? [];
  const back = await fetch(approve.replaceAll("&amp;", "&"), {
    redirect: "manual",
  });
  await back.body?.cancel();
  await browser.get(back.headers.get("location")!);

  const { text } = await syncNow(browser);
  assertMatch(text, /Up to date/);
  const [, thumbnail = ""] = /src="(\/thumbnails\/[^"]+)"/.exec(text) ?? [];
  const picture = await browser.get(thumbnail.replaceAll("&amp;", "&"));
  assertEquals(picture.headers.get("content-type"), "image/jpeg");
  const ms = performance.now() - begin;
  assert(ms < most, `It took ${ms} ms, and may take ${most}`);

  child.kill("SIGINT");
  const { code, stdout } = await child.outcome;
  assertEquals(code, 130);
  assertEquals(stdout.match(/https?:\/\//g)?.length, 1);
});

test("an invalid option is refused by name", async () => {
  const refused: [string, string][] = [
    ["--port=here", '--port is "here", it must be a number'],
    ["--assets=-1", '--assets is "-1", it must be a number'],
    ["--server=home", '--server is "home", it must be the address of a server'],
  ];
  for (const [option, reason] of refused) {
    await using child = startTask(option);
    const { code, stderr } = await child.outcome;
    assertEquals(code, 2);
    assertStringIncludes(stderr, `Cannot start the worker: ${reason}\n`);
  }
});

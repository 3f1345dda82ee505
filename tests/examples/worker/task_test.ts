/** The worker as `deno task worker` starts it, used by hand. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { start } from "../../support/children.ts";
import { ROOT } from "../../support/sources.ts";
import { test } from "../../support/test.ts";
import { Browser } from "./browser.ts";
import { syncNow } from "./stage.ts";

const MAIN = new URL("examples/worker/local/main.ts", ROOT).pathname;

/** A port that nobody has. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

test("the task prints one address, where somebody signs in, syncs and sees photos, within a minute", async () => {
  const begin = performance.now();
  const port = freePort();
  const child = start(Deno.execPath(), [
    ...["run", "-A", "--no-check", MAIN],
    ...["--port", `${port}`, "--assets", "300"],
  ], { cwd: ROOT });
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
  const seconds = (performance.now() - begin) / 1000;
  assert(seconds < 60, `It took ${seconds} s`);

  child.kill("SIGINT");
  const { code, stdout } = await child.outcome;
  assertEquals(code, 130);
  assertEquals(stdout.match(/https?:\/\//g)?.length, 1);
});

test("what cannot be used is refused by its name", async () => {
  const refused: [string, string][] = [
    ["--port=here", '--port is "here", it must be a number'],
    ["--assets=-1", '--assets is "-1", it must be a number'],
    ["--server=home", '--server is "home", it must be the address of a server'],
  ];
  for (const [option, reason] of refused) {
    const { code, stderr } = await start(Deno.execPath(), [
      ...["run", "-A", "--no-check", MAIN, option],
    ], { cwd: ROOT }).outcome;
    assertEquals(code, 2);
    assertStringIncludes(stderr, `Cannot start the worker: ${reason}\n`);
  }
});

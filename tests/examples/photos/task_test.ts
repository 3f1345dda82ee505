/** The app as `deno task photos` starts it. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { type Child, start } from "../../support/children.ts";
import { reservePort } from "../../support/listen.ts";
import { createMark, endProcesses } from "../../../tools/leftovers.ts";
import { ROOT } from "../../support/sources.ts";
import { test } from "../../support/test.ts";
import { Browser } from "./browser.ts";
import { syncNow } from "./harness.ts";

const MAIN = new URL("examples/photos/local/main.ts", ROOT).pathname;

function startTask(options: string[], env: Record<string, string> = {}): Child {
  const args = ["run", "-A", "-q", "--no-check", MAIN, ...options];
  return start(Deno.execPath(), args, { cwd: ROOT, env });
}

test("the task prints what to click, and SIGTERM ends all its processes", async () => {
  const port = reservePort();
  const mark = createMark();
  const options = ["--port", `${port}`, "--assets", "300"];
  await using child = startTask(options, mark.env);
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

  const [, count = ""] = await child.writes(/has ([\d,]+) photos and videos\./);
  await child.writes(
    'Press Enter here to add a photo to it, then click "Sync now"',
  );
  const text = await syncNow(browser);
  assertStringIncludes(text, `Photos and videos: ${count} ·`);
  assertMatch(text, /Up to date/);
  const [, thumbnail = ""] = /src="(\/thumbnails\/[^"]+)"/.exec(text) ?? [];
  const picture = await browser.get(thumbnail.replaceAll("&amp;", "&"));
  assertEquals(picture.headers.get("content-type"), "image/jpeg");

  // Some browsers leave before the response.
  const cookie = [...browser.cookies].map((pair) => pair.join("=")).join("; ");
  for (const path of ["/", "/events", thumbnail, "/app.js"]) {
    const leaving = new AbortController();
    const left = fetch(origin + path, {
      headers: { cookie },
      signal: leaving.signal,
    });
    leaving.abort();
    await left.catch(() => {});
  }
  child.kill("SIGTERM");
  const { code, stdout, stderr } = await child.outcome;
  assertEquals([code, stderr], [143, ""]);
  assertEquals(stdout.match(/https?:\/\//g)?.length, 1);
  assertEquals(await endProcesses(mark), []);
});

test("an invalid option is rejected by name", async () => {
  const rejected: [string, string][] = [
    ["--port=here", '--port must be a number from 0 to 65535, received "here"'],
    ["--assets=-1", '--assets must be a number of at least 0, received "-1"'],
    ["--server=ftp://home", 'Cannot use the address "ftp://home"'],
  ];
  for (const [option, reason] of rejected) {
    await using child = startTask([option]);
    const { code, stderr } = await child.outcome;
    assertEquals(code, 2);
    assertStringIncludes(stderr, reason);
  }
});

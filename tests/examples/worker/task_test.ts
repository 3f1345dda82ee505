/** The sample worker, started with `deno task worker`. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { start } from "../../support/children.ts";
import { until } from "../../support/events.ts";
import { reservePort } from "../../support/listen.ts";
import { ROOT } from "../../support/sources.ts";
import { test } from "../../support/test.ts";
import { Browser } from "../photos/browser.ts";

const MAIN = new URL("examples/worker/local/main.ts", ROOT).pathname;

test("the task starts a worker with a demo server and stops on a signal", async () => {
  const port = `${reservePort()}`;
  const args = ["run", "-A", "--no-check", MAIN, "--port", port];
  await using child = start(Deno.execPath(), args, { cwd: ROOT });
  await child.writes(`Open  http://localhost:${port}\n`);
  const browser = new Browser(
    `http://localhost:${port}`,
    (url, request) => fetch(url, { ...request, redirect: "manual" }),
  );
  const { headers } = await browser.get("/login");
  const provider = new URL(headers.get("location")!);
  provider.searchParams.set("decision", "approve");
  const page = await fetch(provider, { redirect: "manual" });
  await page.body?.cancel();
  await browser.get(page.headers.get("location")!);
  await until(
    async () => (await browser.get("/")).text.includes("Up to date"),
    "the first sync is complete",
  );
  assertStringIncludes((await browser.get("/")).text, ".jpg</li>");
  child.kill("SIGTERM");
  assertEquals((await child.outcome).code, 143);
  await assertRejects(() => browser.get("/"));
});

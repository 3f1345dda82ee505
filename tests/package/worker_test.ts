/**
 * The worker in `examples/worker`, set up as by a user who has copied the
 * folder.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { test } from "../support/test.ts";
import { copyWorker } from "./copied_worker.ts";

/** Maximum compressed size of the bundle; it was 68.1 KiB when this was written. */
const MAX_GZIP_KIB = 73;

const { project, deployment, script } = await copyWorker("worker");
Deno.test.afterAll(async () => await project[Symbol.asyncDispose]());

test("the sample worker compiles with Cloudflare's types", async () => {
  await project.run("npm", "run", "check");
});

test("wrangler accepts the sample worker without warnings and lists its bindings", () => {
  assert(!/warn|unexpected/i.test(deployment), deployment);
  assertMatch(deployment, /^env\.LIBRARIES \(Library\) +Durable Object/m);
  assertMatch(deployment, /^env\.IMMICH_URL \("https:/m);
  assertMatch(deployment, /^env\.COOKIE_SECRET \("\(hidden\)"\)/m);
});

test("the sample worker's bundle is small, and imports only Cloudflare's module", () => {
  const [, gzip] = /gzip: ([\d.]+) KiB/.exec(deployment) ?? [];
  assert(Number(gzip) < MAX_GZIP_KIB, `It has ${gzip} KiB`);
  const imports = script.matchAll(/^import\b[^;]*?"([^"]+)";/gm);
  assertEquals(Array.from(imports, ([, name]) => name), ["cloudflare:workers"]);
});

/**
 * The worker in `examples/photos`, as users have it after copying the folder.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Miniflare } from "miniflare";
import { FakeImmich } from "../../src/testing/mod.ts";
import { listen } from "../support/listen.ts";
import { test } from "../support/test.ts";
import { copyWorker } from "./copied_worker.ts";

/**
 * Maximum compressed size of the bundle; it was 104.8 KiB when this was written.
 */
const MAX_GZIP_KIB = 112;

const { project, deployment, script, date } = await copyWorker("photos");
Deno.test.afterAll(async () => await project[Symbol.asyncDispose]());

test("the photos worker and its page compile with the types of Cloudflare and the DOM", async () => {
  await project.run("npm", "run", "check");
});

test("pictures and links in the copied README lead to files of the copy", async () => {
  const copy = new URL(`file://${project.directory}/`);
  const readme = await Deno.readTextFile(new URL("README.md", copy));
  const targets = Array.from(readme.matchAll(/\]\(([^)#]+)/g), ([, to]) => to!)
    .filter((target) => !/^https?:/.test(target));
  assert(targets.some((target) => target.endsWith(".jpg")));
  for (const target of targets) {
    await Deno.stat(new URL(target, copy));
  }
});

test("wrangler accepts the photos worker without warnings and lists its bindings", () => {
  assert(!/warn|unexpected/i.test(deployment), deployment);
  assertMatch(deployment, /^env\.LIBRARIES \(Library\) +Durable Object/m);
  assertMatch(deployment, /^env\.SIGN_INS \(SignIns\) +Durable Object/m);
  assertMatch(deployment, /^env\.RATE_LIMIT \(20 requests\/60s\) +Rate Limit/m);
  assertMatch(deployment, /^env\.IMMICH_URL \("https:/m);
  assertMatch(deployment, /^env\.SYNC_EVERY_MINUTES \("\d+"\)/m);
  assertMatch(deployment, /^env\.COOKIE_SECRET \("\(hidden\)"\)/m);
  assertMatch(deployment, /Read \d+ files from the assets directory/);
});

test("the photos worker's bundle is small, avoids Node and exports two objects", () => {
  const [, gzip] = /gzip: ([\d.]+) KiB/.exec(deployment) ?? [];
  assert(Number(gzip) < MAX_GZIP_KIB, `It has ${gzip} KiB`);
  const imports = script.matchAll(
    /^import\b[^;]*?"([^"]+)";|\b(?:import|require)\("([^"]+)"\)/gm,
  );
  const modules = new Set(Array.from(imports, ([, from, of]) => from ?? of));
  assertEquals([...modules], ["cloudflare:workers"]);
  const [, names = ""] = /^export \{([^}]*)\}/m.exec(script) ?? [];
  const exported = names.split(",").map((name) => name.trim().split(" ").pop());
  assertEquals(exported.sort(), ["Library", "SignIns", "default"]);
});

// Miniflare leaves a message port open and a file removal pending
// (4.20260730.0, 2026-11).
Deno.test({
  name:
    "the photos worker runs as bundled by wrangler and signs in with Immich",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const fake = new FakeImmich({ provider: "approve" });
    await using server = listen(fake.handler);
    const miniflare = new Miniflare({
      modules: true,
      script,
      compatibilityDate: date,
      bindings: {
        IMMICH_URL: server.baseUrl,
        COOKIE_SECRET: "x".repeat(32),
      },
      durableObjects: {
        LIBRARIES: { className: "Library", useSQLite: true },
        SIGN_INS: { className: "SignIns", useSQLite: true },
      },
      assets: {
        directory: `${project.directory}/public`,
        routerConfig: { has_user_worker: true },
      },
    });
    try {
      const { origin } = await miniflare.ready;
      const cookies = new Map<string, string>();
      const open = async (path: string): Promise<Response> => {
        const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
        const init = { headers: { cookie }, redirect: "manual" } as const;
        const answer = await fetch(new URL(path, origin), init);
        for (const line of answer.headers.getSetCookie()) {
          const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
          cookies.set(name!, value!);
        }
        return answer;
      };
      /** Returns the path to which a response redirects the browser. */
      const follow = async (answer: Response): Promise<string> => {
        await answer.body?.cancel();
        return answer.headers.get("location") ?? "nowhere";
      };

      assertMatch(await (await open("/")).text(), /Sign in with Immich/);
      const style = await open("/style.css");
      await style.body?.cancel();
      assertEquals(
        style.headers.get("content-type"),
        "text/css; charset=utf-8",
      );

      const provider = await follow(await open("/login"));
      const back = await follow(await fetch(provider, { redirect: "manual" }));
      assertEquals(await follow(await open(back)), "/");
      const page = await (await open("/")).text();
      assert(page.includes(fake.user.email), page);
    } finally {
      await miniflare.dispose();
    }
  },
});

/** Machines that cannot reach jsr.io get @std from a local mirror. */
import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { startMirror } from "../../tools/jsr_mirror.ts";
import { isReachable } from "../../tools/with_jsr.ts";
import { serveRaw } from "../support/sockets.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

test("a registry that responds, even with an error, counts as reachable", async () => {
  for (const status of [200, 404, 503]) {
    const fetch = () => Promise.resolve(new Response("", { status }));
    assert(await isReachable("https://jsr.io", fetch));
  }
  const unreachable = () => Promise.reject(new TypeError("dns error"));
  assert(!await isReachable("https://jsr.io", unreachable));
});

test("with_jsr starts no JSR mirror if the environment names a registry", async () => {
  const JSR_URL = "http://127.0.0.1:9";
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "tools/with_jsr.ts",
      "eval",
      "console.log(Deno.env.get('JSR_URL'))",
    ],
    cwd: ROOT,
    env: { JSR_URL },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals([code, text(stdout).trim()], [0, JSR_URL]);
  assert(!text(stderr).includes("mirror"));
});

test("with_jsr exits with the code of its command", async () => {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tools/with_jsr.ts", "eval", "Deno.exit(7)"],
    cwd: ROOT,
    env: { JSR_URL: "http://127.0.0.1:9" },
  }).output();
  assertEquals(code, 7);
});

test("the JSR mirror implements the registry's protocol with correct checksums", async () => {
  await using mirror = await startMirror();
  const get = async (path: string) => await fetch(mirror.url + path);
  for (const name of ["@std/assert", "@std/streams"]) {
    const { versions } = await (await get(`/${name}/meta.json`)).json();
    const [version] = Object.keys(versions);
    const { imports } = config;
    assertEquals(
      imports[name as keyof typeof imports],
      `jsr:${name}@^${version}`,
    );

    const { manifest, exports } =
      await (await get(`/${name}/${version}_meta.json`)).json();
    for (const path of Object.values<string>(exports)) {
      assert(path.slice(1) in manifest, path);
    }
    for (
      const [path, { size, checksum }] of Object.entries<
        { size: number; checksum: string }
      >(manifest)
    ) {
      const bytes = await (await get(`/${name}/${version}${path}`)).bytes();
      const digest = await crypto.subtle.digest("SHA-256", bytes);
      assertEquals(bytes.length, size);
      assertEquals(`sha256-${new Uint8Array(digest).toHex()}`, checksum);
    }
  }
  const missing = await get("/@std/fs/meta.json");
  await missing.body?.cancel();
  assertEquals(missing.status, 404);
});

test("a registry that accepts connections but sends nothing is unreachable", async () => {
  await using silent = await serveRaw(() => Promise.resolve());
  const impatient = (url: string) =>
    fetch(url, { signal: AbortSignal.timeout(50) });
  assert(!await isReachable(silent.baseUrl, impatient));
});

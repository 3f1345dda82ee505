/** The SvelteKit recipe, built and run in Node. */
import { assert, assertEquals } from "@std/assert";
import { installed, NODE_VERSIONS } from "../../runtimes/npx.ts";
import { start } from "../../support/children.ts";
import { sessionIds } from "../../support/kept.ts";
import { reservePort } from "../../support/listen.ts";
import { serveRecipe } from "../../support/recipes.ts";
import { test } from "../../support/test.ts";
import { recipeProject } from "./recipe_project.ts";

const PACKAGES = [
  "@sveltejs/adapter-node@6.0.1",
  "@sveltejs/kit@3.2.0",
  "@sveltejs/vite-plugin-svelte@7.3.1",
  "svelte@5.57.3",
  "vite@8.3.8",
];

test("the SvelteKit recipe shows users their own photos in several browsers", async () => {
  await using project = await recipeProject("sveltekit", ...PACKAGES);
  await using server = serveRecipe();
  const { fake } = server;
  const node = await installed("node", NODE_VERSIONS.at(-1)!);
  await project.run(node, "node_modules/vite/bin/vite.js", "build");
  const port = reservePort();
  const origin = `http://127.0.0.1:${port}`;
  const env = {
    ...server.env,
    COOKIE_SECRET: "x".repeat(44),
    HOST: "127.0.0.1",
    PORT: String(port),
  };
  await using app = start(node, ["build"], { cwd: project.directory, env });
  await app.writes("Listening");

  const post = async (action: string, cookie: string, fields = {}) => {
    // Imitates a browser behind a proxy with a certificate.
    const headers = {
      cookie,
      origin: origin.replace("http:", "https:"),
      accept: "text/html",
    };
    const body = new URLSearchParams(fields);
    const url = `${origin}/?/${action}`;
    const init = { method: "POST", headers, body, redirect: "manual" } as const;
    const response = await fetch(url, init);
    await response.body?.cancel();
    const [line = ""] = response.headers.getSetCookie();
    return { status: response.status, line, cookie: line.split(";")[0]! };
  };
  const signIn = (password: string) =>
    post("signIn", "", { email: "ada@example.com", password });
  const open = async (cookie = "") => {
    const response = await fetch(origin, { headers: { cookie } });
    return await response.text();
  };

  assert((await open()).includes("Sign in"));
  assertEquals((await signIn("wrong")).status, 401);
  const first = await signIn("engine");
  assertEquals(first.status, 303);
  for (const attribute of ["HttpOnly", "Secure", "SameSite=Lax"]) {
    assert(first.line.includes(attribute), first.line);
  }
  assert((await open(first.cookie)).includes("<li>beach.jpg</li>"));

  const second = await signIn("engine");
  fake.library.addAsset({ originalFileName: "lake.jpg" });
  fake.requests.length = 0;
  const pages = await Promise.all([open(second.cookie), open(first.cookie)]);
  for (const page of pages) assert(page.includes("<li>lake.jpg</li>"), page);
  const isFull = fake.requests.some(({ method, path }) =>
    method === "DELETE" && path === "/api/sync/ack"
  );
  assert(!isFull, "a second browser causes no full sync");

  await post("signOut", first.cookie);
  assert((await open(first.cookie)).includes("Sign in"));
  assert((await open(second.cookie)).includes("<li>lake.jpg</li>"));
  const sessions = await sessionIds(fake);
  assertEquals(
    sessions.length,
    3,
    "the browser, and the mirror's two sessions",
  );
});

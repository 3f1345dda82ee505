/** The session stores for a file and for a variable. */
import { assertEquals } from "@std/assert";
import { keepSession, login, type SessionStore } from "../../mod.ts";
import { sessionIds } from "../support/kept.ts";
import { filesIn, serveRecipe } from "../support/recipes.ts";
import { test } from "../support/test.ts";
import { userProject } from "../support/user_project.ts";

/** Prints the access token of the kept session. */
const PRINT_TOKEN = `import { kept } from "./session.ts";
console.log((await kept.get()).accessToken);
`;

/** Prints what a store returns before and after each call. */
const USE_STORES = `import { fileStore } from "./session.ts";
import { memoryStore } from "./memory_store.ts";

for (const store of [fileStore("other.json"), memoryStore()]) {
  const before = await store.get();
  await store.set("{}");
  const after = await store.get();
  await store.delete();
  console.log(before, after, await store.get());
}
`;

test("processes that start together with one session file sign in only once", async () => {
  const files = await filesIn("session-stores");
  await using project = await userProject(files.set("print.ts", PRINT_TOKEN));
  await using server = serveRecipe();
  const run = () =>
    project.run(["-NRWE", "--no-prompt", "print.ts"], server.env);
  const tokens = await Promise.all([run(), run(), run()]);
  assertEquals(new Set(tokens).size, 1);
  assertEquals((await sessionIds(server.fake)).length, 2);
  assertEquals(await run(), tokens[0]);
  const { mode } = await Deno.stat(`${project.directory}/session.json`);
  assertEquals(mode! & 0o777, 0o600);
});

test("the session stores for a file and a variable keep a string until its deletion", async () => {
  const files = await filesIn("session-stores");
  await using project = await userProject(files.set("use.ts", USE_STORES));
  await using server = serveRecipe();
  const output = await project.run(["-NRWE", "use.ts"], server.env);
  assertEquals(output, "undefined {} undefined\n".repeat(2));
});

test("the session stores for Cloudflare keep a session, and delete it when it ends", async () => {
  const files = await filesIn("session-stores");
  await using project = await userProject(files);
  const { objectStore, kvStore } = await import(
    `file://${project.directory}/worker_stores.ts`
  );
  await using server = serveRecipe();
  const { fake, env: { IMMICH_URL: baseUrl = "" } } = server;
  const before = await sessionIds(fake);
  for (const toStore of [objectStore, kvStore]) {
    const store: SessionStore = toStore(keyValueStorage());
    const kept = () =>
      keepSession(
        store,
        () => login("ada@example.com", "engine", { baseUrl }),
        {
          settleMs: 0,
        },
      );
    const session = await kept().get();
    assertEquals(await kept().get(), session);
    await kept().end();
    assertEquals(await store.get() ?? undefined, undefined);
  }
  assertEquals(await sessionIds(fake), before);
});

/** The part of the storages of Cloudflare that the stores use. */
function keyValueStorage() {
  const map = new Map<string, string>();
  return {
    get: (key: string) => Promise.resolve(map.get(key) ?? null),
    put: (key: string, text: string) =>
      Promise.resolve(void map.set(key, text)),
    delete: (key: string) => Promise.resolve(map.delete(key)),
  };
}

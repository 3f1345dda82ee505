import { assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { AuthenticationError, keepSession, login } from "../../mod.ts";
import { createMirror, sqlite } from "../../src/mirror/mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { memoryStore } from "../support/kept.ts";
import { test } from "../support/test.ts";

function open(server: FakeImmich) {
  const database = sqlite(new DatabaseSync(":memory:"));
  return createMirror(database, { userId: server.user.id });
}

test("a mirror's watch stores each change, even after a new sign-in", async () => {
  const server = new FakeImmich();
  const { baseUrl, fetch } = server;
  const mirror = await open(server);
  const signIn = () => login("demo@immich.test", "demo", { baseUrl, fetch });
  const kept = keepSession(memoryStore(), signIn, { fetch, settleMs: 0 });
  const names: unknown[] = [];
  const watch = mirror.watch(kept, { fetch });
  for (const originalFileName of ["a.jpg", "b.jpg", "c.jpg"]) {
    server.library.addAsset({ originalFileName });
    watch.wake();
    const { value } = await watch.next();
    names.push(value?.result?.counts.AssetV2);
    if (originalFileName === "b.jpg") await kept.end();
  }
  assertEquals(names, [1, 1, 3]);
  const [row] = await mirror.query("SELECT count(*) AS count FROM timeline");
  assertEquals(row, { count: 3 });
});

test("full: true applies only to the first run of a mirror's watch", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  server.library.addAsset();
  const mirror = await open(server);
  const watch = mirror.watch(server.createSession(), { fetch, full: true });
  const counts: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    watch.wake();
    counts.push((await watch.next()).value?.result?.counts.AssetV2);
  }
  assertEquals(counts, [1, undefined, undefined]);
});

test("a mirror's watch ends when a session that is not kept has ended", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  const mirror = await open(server);
  const session = server.createSession();
  const watch = mirror.watch(session, { fetch });
  await watch.next();
  server.endSession(session);
  watch.wake();
  await assertRejects(() => watch.next(), AuthenticationError);
  assertEquals((await watch.next()).done, true);
});

/** Late-committed rows, which only a full sync fetches. */
import { assertEquals } from "@std/assert";
import type { SyncOptions } from "../../mod.ts";
import { syncWith } from "../../src/sync/mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { Copy } from "../support/copy.ts";
import { testEnv } from "../support/env.ts";
import { test } from "../support/test.ts";

/**
 * Creates a server, a copy of its library, and a row that was committed too
 * late for the copy.
 */
async function setUp({ sweeps }: { sweeps: boolean }) {
  const server = new FakeImmich();
  const session = server.createSession();
  const copy = new Copy(server.user.id);
  const processor = copy.processor({ sweeps });
  const { fetch } = server;
  const run = (options: SyncOptions = {}, now = Date.now) =>
    syncWith(
      session,
      ["AssetsV2"],
      processor,
      { fetch, ...options },
      testEnv({ now }),
    );
  const commit = server.commitLater(() => {
    server.library.addAsset({ originalFileName: "late.jpg" });
  });
  server.library.addAsset({ originalFileName: "early.jpg" });
  await run();
  commit();
  const names = () =>
    Array.from(
      copy.tables.assets.values(),
      (row) => (row as { originalFileName: string }).originalFileName,
    ).sort();
  return { run, names, server };
}

for (const sweeps of [true, false]) {
  const how = sweeps ? "with a sweep" : "with a wipe";
  test(`a late-committed row is sent only in a full sync (${how})`, async () => {
    const { run, names } = await setUp({ sweeps });
    const { counts } = await run();
    assertEquals([counts, names()], [{}, ["early.jpg"]]);
    await run({ full: true });
    assertEquals(names(), ["early.jpg", "late.jpg"]);
  });
}

test("a late-committed delete takes effect only in a full sync", async () => {
  const { run, names, server } = await setUp({ sweeps: true });
  const { id } = server.library.addAsset({ originalFileName: "gone.jpg" });
  const commit = server.commitLater(() => server.library.deleteAsset(id));
  const { id: other } = server.library.addAsset();
  server.library.deleteAsset(other);
  await run();
  commit();
  await run();
  assertEquals(names(), ["early.jpg", "gone.jpg"]);
  await run({ full: true });
  assertEquals(names(), ["early.jpg", "late.jpg"]);
});

test("a scheduled full sync fetches late-committed rows", async () => {
  const { run, names } = await setUp({ sweeps: true });
  let lastFullAt: number | undefined;
  let now = Date.now();
  const scheduled = async () => {
    const full = { everyMs: 1000, lastFullAt };
    ({ lastFullAt } = await run({ full }, () => now));
  };
  lastFullAt = now;
  await scheduled();
  assertEquals(names(), ["early.jpg"]);
  now += 1000;
  await scheduled();
  assertEquals([names(), lastFullAt], [["early.jpg", "late.jpg"], now]);
});

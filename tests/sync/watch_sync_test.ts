import { assertEquals } from "@std/assert";
import {
  createClient,
  login,
  type SyncOptions,
  type TraceEvent,
} from "../../mod.ts";
import { keepSessionWith } from "../../src/auth/mod.ts";
import { watchSyncWith } from "../../src/sync/watch_sync.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { testEnv } from "../support/env.ts";
import { memoryStore } from "../support/kept.ts";
import { test } from "../support/test.ts";

/** A watch of a copy of the file names. */
function start(server: FakeImmich, options: SyncOptions = {}) {
  const { baseUrl, fetch } = server;
  const kept = keepSessionWith(
    memoryStore(),
    () => login("demo@immich.test", "demo", { baseUrl, fetch }),
    { fetch },
    testEnv(),
  );
  const names = new Map<string, string>();
  const calls: string[] = [];
  const watch = watchSyncWith(
    kept,
    ["AssetsV2"],
    {
      process({ type, events }) {
        for (const { data } of type === "AssetV2" ? events : []) {
          names.set(data.id, data.originalFileName);
        }
      },
      reset() {
        calls.push("reset");
        names.clear();
      },
    },
    options.client === undefined ? { fetch, ...options } : options,
    testEnv(),
  );
  return { watch, names, calls, kept };
}

test("a watch brings a copy up to date again and again", async () => {
  const server = new FakeImmich();
  const { watch, names, calls } = start(server);
  for (const originalFileName of ["beach.jpg", "lake.jpg"]) {
    server.library.addAsset({ originalFileName });
    const { value } = await watch.next();
    assertEquals(value?.result?.counts, { AssetV2: 1 });
  }
  assertEquals([...names.values()], ["beach.jpg", "lake.jpg"]);
  assertEquals(calls, []);
});

test("a watch empties the copy when a new session starts from zero", async () => {
  const server = new FakeImmich();
  server.library.addAsset({ originalFileName: "beach.jpg" });
  const { watch, names, calls, kept } = start(server);
  await watch.next();
  names.set("1", "deleted.jpg");
  await kept.end();
  await watch.next();
  assertEquals([...names.values()], ["beach.jpg"]);
  assertEquals(calls, ["reset"]);
  await watch.next();
  assertEquals(calls, ["reset"]);
});

test("a full sync that fails is repeated by the next run of a watch", async () => {
  const server = new FakeImmich();
  server.library.addAsset({ originalFileName: "beach.jpg" });
  const { watch, names, kept } = start(server, { retry: { attempts: 1 } });
  await watch.next();
  names.set("1", "deleted.jpg");
  await kept.end();
  server.inject({ type: "status", status: 503, on: "stream" });
  assertEquals((await watch.next()).value?.error?.code, "retries_exhausted");
  await watch.next();
  assertEquals([...names.values()], ["beach.jpg"]);
});

test("full: true applies only to the first run of a watch", async () => {
  const server = new FakeImmich();
  const { watch, calls } = start(server, { full: true });
  for (let i = 0; i < 3; i++) await watch.next();
  assertEquals(calls, ["reset"]);
});

test("a schedule for full syncs continues from run to run of a watch", async () => {
  const server = new FakeImmich();
  const full = { everyMs: 86_400_000, lastFullAt: undefined };
  const { watch, calls } = start(server, { full });
  for (let i = 0; i < 3; i++) await watch.next();
  assertEquals(calls, ["reset"]);
});

test("a watch's runs and waits are passed to its onTrace or its client's onTrace", async () => {
  for (const isClient of [false, true]) {
    const server = new FakeImmich();
    const types: string[] = [];
    const onTrace = ({ type }: TraceEvent) => types.push(type);
    const { fetch } = server;
    const { watch } = start(
      server,
      isClient
        ? { client: createClient({ fetch, onTrace }) }
        : { fetch, onTrace },
    );
    for (let i = 0; i < 2; i++) await watch.next();
    assertEquals(types.filter((type) => type === "wait"), ["wait"]);
    assertEquals(types.filter((type) => type === "ack"), ["ack", "ack"]);
  }
});

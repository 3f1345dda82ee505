/**
 * Servers that send deletes last, and skip them once a newer row is
 * acknowledged.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { sync, syncBatches, SyncError, type SyncOptions } from "../../mod.ts";
import { FakeImmich, type Fault } from "../../src/testing/mod.ts";
import { test } from "../support/test.ts";

/** A server with changes since the copy's last sync: six deletes and six new assets. */
async function setUp() {
  const server = new FakeImmich({ compatible: { deletesLast: true } });
  const { fetch, library } = server;
  const session = server.createSession();
  const ids = new Set<string>();
  const run = (options: SyncOptions = {}) =>
    sync(session, ["AssetsV2"], {
      process({ type, events }) {
        for (const { data } of type === "AssetV2" ? events : []) {
          ids.add(data.id);
        }
        for (const { data } of type === "AssetDeleteV1" ? events : []) {
          ids.delete(data.assetId);
        }
      },
      reset: () => ids.clear(),
    }, { fetch, batchSize: 1, retry: { delayMs: 1 }, ...options });
  for (let i = 0; i < 12; i++) library.addAsset();
  await run();
  for (const { id } of library.assets.slice(6)) library.deleteAsset(id);
  for (let i = 0; i < 6; i++) library.addAsset();
  const isComplete = () =>
    [...ids].sort().join() === library.assets.map(({ id }) => id).sort().join();
  return { server, session, run, isComplete };
}

/** Interrupts a stream after most of its upserts. */
const INTERRUPTION: Fault = { type: "truncate", atByte: 3000, clean: true };

test("deletes at the end of a stream are lost if earlier rows are acknowledged", async () => {
  const { server, run, isComplete } = await setUp();
  server.inject(INTERRUPTION);
  await run();
  assert(!isComplete());
});

test("deletes at the end of a stream survive an interruption if acks wait for them", async () => {
  for (let atByte = 200; atByte < 6000; atByte += 200) {
    const { server, run, isComplete } = await setUp();
    server.inject({ type: "truncate", atByte, clean: atByte % 400 === 0 });
    const { complete } = await run({ ack: "complete" });
    assert(complete && isComplete(), `interrupted at byte ${atByte}`);
  }
});

test("a failed run acknowledges nothing if acks wait for the end of the stream", async () => {
  const faults: Fault[] = [
    INTERRUPTION,
    { type: "poison", atLine: 5 },
    { type: "poison", atLine: 9, as: "envelope" },
  ];
  for (const fault of faults) {
    const { server, run, isComplete } = await setUp();
    server.inject(fault);
    server.requests.length = 0;
    await assertRejects(() => run({ ack: "complete", retry: { attempts: 1 } }));
    const acks = server.requests.filter(({ path }) => path.endsWith("/ack"));
    assertEquals(acks, []);
    await run({ ack: "complete" });
    assert(isComplete(), fault.type);
  }
});

test("a run gives up if acks wait for the end and every stream is interrupted", async () => {
  const { server, run } = await setUp();
  server.inject({ ...INTERRUPTION, times: 99 });
  const options: SyncOptions = {
    ack: "complete",
    retry: { attempts: 3, delayMs: 1 },
  };
  await assertRejects(() => run(options), SyncError, "3 consecutive");
});

test("deletes not yet stored by a loop arrive again if acks wait for them", async () => {
  const { server, session, run, isComplete } = await setUp();
  const options: SyncOptions = { fetch: server.fetch, ack: "complete" };
  for await (const batch of syncBatches(session, ["AssetsV2"], options)) {
    if (batch.type === "AssetV2") await batch.ack();
  }
  await run({ ack: "complete" });
  assert(isComplete());
});

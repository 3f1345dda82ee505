/** A mirror in a Durable Object, in workerd. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { SyncResult } from "../../mod.ts";
import { createMirror } from "../../src/mirror/mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { SEED } from "../support/property.ts";
import type { RowCounts } from "./inside/row_counts.ts";
import { serve } from "../support/served.ts";
import { assertMirrors } from "./mirror_replica.ts";
import { startWorkers, type Workers, workersTest } from "./workers.ts";

const SEQUENCES = { "3.1.0": 200, "2.7.5": 50 };

workersTest(
  "a mirror in a Durable Object matches the server after random changes and syncs",
  async () => {
    await using workers = await startWorkers();
    for (const [release, numRuns] of Object.entries(SEQUENCES)) {
      const options = { release, numRuns, seed: SEED };
      assertEquals(await workers.send("object", "play", options), numRuns);
    }
  },
);

workersTest(
  "a run that is killed with its Durable Object is resumed by the next run",
  async () => {
    const folder = await Deno.makeTempDir();
    const fake = new FakeImmich();
    for (let i = 0; i < 2_000; i++) fake.library.addAsset();
    const { userId = "" } = fake.createSession();
    const { promise: acked, resolve } = Promise.withResolvers<void>();
    await using server = serve({
      requests: fake.requests,
      async handler(request) {
        const answer = await fake.handler(request);
        const { path, body } = fake.requests.at(-1)!;
        if (path.endsWith("/sync/ack") && body.includes("AssetV2|")) resolve();
        return answer;
      },
    });
    const session = { ...fake.createSession(), baseUrl: server.url };

    async function sync(
      workers: Workers,
      aheadMs: number,
    ): Promise<SyncResult> {
      const data = { session, userId, aheadMs };
      return await workers.send("object", "sync", data) as SyncResult;
    }

    try {
      fake.inject({ type: "stall", atByte: 700_000, on: "stream" });
      {
        await using workers = await startWorkers(folder);
        const killed = assertRejects(() => sync(workers, 0));
        await acked;
        await workers[Symbol.asyncDispose]();
        await killed;
      }
      await using workers = await startWorkers(folder);
      const busy = await assertRejects(() => sync(workers, 0), Error);
      assert(
        busy.message.includes("another run holds its lease"),
        busy.message,
      );
      const { complete, counts } = await sync(workers, 30_000);
      assert(complete);
      const { AssetV2 = 0, AssetExifV1 = 0 } = counts;
      assert(AssetV2 < 2_000, `${AssetV2} assets were sent again`);
      assert(AssetV2 + AssetExifV1 > 0, "no rows were left to send");
      const database = workers.databaseIn("object");
      const mirror = await createMirror(database, { userId });
      await assertMirrors(mirror, fake.snapshot());
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

/** A server, and a mirror in a Durable Object. */
interface Counted extends AsyncDisposable {
  fake: FakeImmich;
  /** Runs a sync, and returns how many rows it reads and writes. */
  countRows(options?: object): Promise<RowCounts>;
}

async function openCounted(): Promise<Counted> {
  const workers = await startWorkers();
  const fake = new FakeImmich();
  const server = serve(fake);
  const session = { ...fake.createSession(), baseUrl: server.url };
  const { userId = "" } = session;
  return {
    fake,
    async countRows(options = {}) {
      const all = { session, userId, aheadMs: 0, ...options };
      await workers.send("object", "sync", all);
      return await workers.send("object", "counts", null) as RowCounts;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await workers[Symbol.asyncDispose]();
    },
  };
}

workersTest(
  "a Durable Object writes at most 6 rows for an asset and its EXIF data",
  async () => {
    await using counted = await openCounted();
    const { fake: { library }, countRows } = counted;
    await countRows();
    for (let i = 0; i < 2_000; i++) library.addAsset();
    const { written } = await countRows();
    assert(written <= 2_000 * 6, `${written} rows for 2,000 assets`);
    library.addAsset();
    const change = await countRows();
    assert(change.read <= 200, `${change.read} rows read`);
    assert(change.written <= 50, `${change.written} rows written`);
  },
);

workersTest(
  "a Durable Object counts its rows only for the progress of a full sync",
  async () => {
    await using counted = await openCounted();
    const { fake: { library }, countRows } = counted;
    for (let i = 0; i < 1_000; i++) library.addAsset();
    await countRows();
    library.addAsset();
    const incremental = await countRows({ reports: true });
    assert(incremental.read <= 200, `${incremental.read} rows read`);
    const { read } = await countRows({ full: true });
    const more = (await countRows({ full: true, reports: true })).read - read;
    assert(more > 2_000 && more < 2_100, `${more} more rows read`);
  },
);

/** Copies that are synced in many small runs. */
import { assert, assertEquals } from "@std/assert";
import {
  type Fetch,
  type ServerVersion,
  type Session,
  supportedSyncTypes,
  type SyncOptions,
  type SyncProcessor,
  type SyncRequestType,
  type SyncResult,
} from "../../mod.ts";
import { syncBatchesWith, syncWith } from "../../src/sync/sync.ts";
import { type CompatibleServer, FakeImmich } from "../../src/testing/mod.ts";
import { Copy } from "../support/copy.ts";
import { RELEASES } from "../support/device.ts";
import { testEnv } from "../support/env.ts";
import { assertSameRows } from "../support/snapshots.ts";
import { test } from "../support/test.ts";

const TYPES = supportedSyncTypes({ major: 3, minor: 3, patch: 0 });

/**
 * Releases that behave differently: 1.136.0 sends resets without an ack, 2.7.5
 * repeats rows, and 3.2.0 leaks connections.
 */
const VERSIONS: Record<string, ServerVersion> = {
  "1.136.0": RELEASES["1.136.0"]!,
  "2.7.5": RELEASES["2.7.5"]!,
  "3.1.0": RELEASES["3.1.0"]!,
  "3.2.0": { major: 3, minor: 2, patch: 0 },
};

/** More runs than any library in these tests needs. */
const MANY = 200;

/** Acknowledges each batch, so that a run can end after any of them. */
const EACH = { batchSize: 2, ack: { every: 1, intervalMs: false } } as const;

const KINDS = ["wiped", "swept", "filled by a loop"] as const;

type Kind = typeof KINDS[number];

/** A server with a library, and a user's copy of the library. */
interface Setup {
  server: FakeImmich;
  session: Session;
  copy: Copy;
  /** The number of requests so far. */
  requests: () => number;
  /** Runs once. */
  run(options?: SyncOptions): Promise<SyncResult>;
  /** Syncs until nothing is left, and returns the number of runs. */
  runAll(options: SyncOptions): Promise<number>;
}

function setUp(
  version: ServerVersion,
  kind: Kind,
  compatible: CompatibleServer = {},
): Setup {
  const server = new FakeImmich({ version, compatible });
  const { library, user } = server;
  const bob = library.as(library.addUser({ email: "bob@immich.test" }).id);
  const eve = library.as(library.addUser({ email: "eve@immich.test" }).id);
  for (const own of [library, bob, eve]) {
    own.addAlbum({}, [own.addAsset().id]);
  }
  bob.addPartner(user.id);
  eve.shareAlbum(eve.albums[0]!.id, user.id);
  const session = server.createSession();
  const copy = new Copy(user.id);
  let now = 0;
  let requests = 0;
  const fetch: Fetch = (url, init) => {
    requests++;
    now++;
    return server.fetch(url, init);
  };
  const env = testEnv({ now: () => now });
  const processor = copy.processor({ sweeps: kind === "swept" });
  const run: Setup["run"] = async (options = {}) => {
    const all = { ...EACH, fetch, ...options };
    const from = requests;
    const result = kind === "filled by a loop"
      ? await loop(session, processor, all)
      : await syncWith<SyncRequestType>(session, TYPES, processor, all, env);
    const limit = options.budget?.requests;
    const used = requests - from;
    assert(!limit || used <= limit, `${used} of ${limit} requests`);
    assertEquals(server.openStreams, 0);
    return result;
  };
  async function loop(
    session: Session,
    { process, reset }: SyncProcessor,
    options: SyncOptions,
  ): Promise<SyncResult> {
    const batches = syncBatchesWith<SyncRequestType>(
      session,
      TYPES,
      options,
      env,
    );
    while (true) {
      const { done, value } = await batches.next();
      if (done) return value;
      if (value.type === "SyncResetV1") await reset();
      else await process(value);
      await value.ack();
    }
  }
  const runAll: Setup["runAll"] = async ({ full = false, ...options }) => {
    for (let runs = 1; runs < MANY; runs++) {
      const { more } = await run({ ...options, full: runs === 1 && full });
      if (more) continue;
      if (kind !== "swept") copy.complete();
      return runs;
    }
    throw new Error(`More than ${MANY} runs with ${JSON.stringify(options)}`);
  };
  return { server, session, copy, requests: () => requests, run, runAll };
}

/** Deletes an asset, and adds an album with a new asset. */
function change({ library }: FakeImmich): void {
  const [first] = library.assets;
  library.deleteAsset(first!.id);
  library.addAlbum({}, [library.addAsset().id]);
}

/**
 * Calls a function with each kind of copy, and with each budget from a minimum
 * to the number of requests that a full sync needs. Each kind gets a third of
 * the budgets.
 */
async function forEachBudget(
  version: ServerVersion,
  min: number,
  fn: (setup: Setup, budget: number) => Promise<void>,
): Promise<void> {
  for (const [i, kind] of KINDS.entries()) {
    const { run, requests } = setUp(version, kind);
    await run({ full: true });
    const most = requests();
    for (let budget = min + i; budget <= most; budget += KINDS.length) {
      await fn(setUp(version, kind), budget);
    }
  }
}

for (const [release, version] of Object.entries(VERSIONS)) {
  test(`a copy of a ${release} server is complete even if each run sends few requests`, async () => {
    await forEachBudget(version, 4, async (setup, requests) => {
      const { server, session, copy, runAll } = setup;
      const budget = { requests };
      const holds = () => assertSameRows(copy.tables, server.snapshot());
      await runAll({ budget, full: true });
      holds();
      change(server);
      await runAll({ budget });
      holds();
      server.requestReset(session);
      await runAll({ budget });
      holds();
    });
  });

  test(`a ${release} server's rows all arrive, whichever request uses up a run's time`, async () => {
    await forEachBudget(version, 1, async (setup, durationMs) => {
      const { server, session, copy, run, runAll } = setup;
      // The clock advances with each request.
      const budget = { durationMs };
      await run({ budget, full: true });
      await runAll({});
      assertSameRows(copy.tables, server.snapshot());
      change(server);
      server.requestReset(session);
      await run({ budget });
      await runAll({});
      assertSameRows(copy.tables, server.snapshot());
    });
  });
}

test("a library that arrives in pages is complete even if each run sends few requests", async () => {
  const version = RELEASES["3.1.0"]!;
  for (let requests = 4; requests < 12; requests++) {
    const setup = setUp(version, "swept", { pageRows: 100 });
    const { server, copy, runAll } = setup;
    for (let i = 0; i < 250; i++) server.library.addAsset();
    const options = { batchSize: 1000, budget: { requests } };
    await runAll({ ...options, ack: { every: false } });
    assertSameRows(copy.tables, server.snapshot());
  }
});

test("a full sync of a busy server ends within 13 requests", async () => {
  const version = RELEASES["3.1.0"]!;
  for (const [requests, isEnough] of [[12, false], [13, true]] as const) {
    const { server, run } = setUp(version, "swept");
    server.library.addAsset();
    let streams = 0;
    const { more } = await run({
      full: true,
      ack: { every: false, intervalMs: false },
      budget: { requests },
      fetch(url, init) {
        if (url.endsWith("/stream")) {
          // Each stream contains the row that changed during the previous
          // stream.
          const asset = server.library.assets[++streams % 2];
          const isFavorite = streams % 4 < 2;
          server.changeDuringStream(
            { afterLine: 0 },
            () => void server.library.updateAsset(asset!.id, { isFavorite }),
          );
        }
        return server.fetch(url, init);
      },
    });
    assertEquals(more, !isEnough);
  }
});

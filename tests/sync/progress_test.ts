/** The progress reports of a run. */
import { assert, assertEquals } from "@std/assert";
import { sync, type SyncOptions, type SyncProgress } from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { test } from "../support/test.ts";

/** Runs a sync, and returns its progress reports. */
async function reportsOf(
  server: FakeImmich,
  options: SyncOptions,
): Promise<SyncProgress[]> {
  const reports: SyncProgress[] = [];
  const processor = { process() {}, reset() {} };
  const session = server.createSession();
  const onProgress = (report: SyncProgress) => reports.push(report);
  const { fetch } = server;
  const all = { fetch, onProgress, ...options };
  await sync(session, ["AssetsV2"], processor, all);
  return reports;
}

/** Returns the distinct values of `full`, in order. */
function fullOf(reports: SyncProgress[]): boolean[] {
  return reports.map(({ full }) => full)
    .filter((full, i, all) => full !== all[i - 1]);
}

test("the first progress report already says whether the sync is a full sync", async () => {
  const server = new FakeImmich();
  const schedule = { everyMs: 1000, lastFullAt: Date.now() - 2000 };
  const recent = { everyMs: 1e9, lastFullAt: Date.now() };
  for (
    const [full, expected] of [
      [true, true],
      ["wipe", true],
      [schedule, true],
      [recent, false],
      [false, false],
    ] as const
  ) {
    // The version request is retried before the sync begins.
    server.inject({ type: "status", status: 503, on: "any" });
    const retry = { delayMs: 0 };
    const reports = await reportsOf(server, { full, retry });
    assertEquals(reports[0]!.state, "retrying");
    assertEquals(fullOf(reports), [expected]);
  }
});

test("an incremental sync reports itself as a full sync after a server's reset", async () => {
  const server = new FakeImmich();
  server.library.addAsset();
  server.inject({ type: "reset" });
  const reports = await reportsOf(server, {});
  assertEquals(fullOf(reports), [false, true]);
  const reset = reports.findIndex(({ full }) => full);
  assertEquals(reports[reset - 1]!.state, "resetting");
  assert(reports.slice(reset).some(({ type }) => type === "AssetV2"));
});

/** The trace events of a mirror's runs. */
import { assertEquals } from "@std/assert";
import type { TraceEvent } from "../../mod.ts";
import { openMirror } from "../../src/mirror/create_mirror.ts";
import { testEnv } from "../support/env.ts";
import { INCREMENTAL } from "../support/starts.ts";
import { test } from "../support/test.ts";
import { openFixture } from "./fixture.ts";

/** The paths of the requests in a trace. */
function pathsIn(events: TraceEvent[]): string[] {
  return events.filter((event) => event.type === "request")
    .map(({ path }) => path);
}

test("every request of a mirror's sync and audit is traced", async () => {
  const { server, session, mirror } = await openFixture();
  server.library.addAsset();
  const events: TraceEvent[] = [];
  const { fetch } = server;
  const options = { fetch, onTrace: (event: TraceEvent) => events.push(event) };
  const { counts } = await mirror.sync(session, options);
  const stored = events.filter((event) => event.type === "batch");
  assertEquals(
    Object.fromEntries(stored.map((batch) => [batch.entityType, batch.events])),
    counts,
  );
  assertEquals(pathsIn(events), server.requests.map(({ path }) => path));
  events.length = 0;
  server.requests.length = 0;
  await mirror.audit(session, options);
  assertEquals(
    pathsIn(events).sort(),
    server.requests.map(({ path }) => path).sort(),
  );
});

test("a mirror's watch is traced, including its waits", async () => {
  const { server, session, database } = await openFixture();
  const { user, fetch } = server;
  const mirror = await openMirror(database, { userId: user.id }, testEnv());
  const events: TraceEvent[] = [];
  const onTrace = (event: TraceEvent) => events.push(event);
  const reported: number[] = [];
  for await (const { waitMs } of mirror.watch(session, { fetch, onTrace })) {
    reported.push(waitMs);
    if (reported.length === 3) break;
  }
  const waits = events.filter((event) => event.type === "wait");
  assertEquals(
    waits,
    reported.slice(0, 2).map((waitMs) => ({
      type: "wait",
      reason: "schedule",
      waitMs,
    })),
  );
});

test("the wait for a busy mirror is traced", async () => {
  let now = 0;
  const all = await openFixture({ now: () => now, leaseMs: 1000 });
  const { server, session, database, mirror } = all;
  await mirror.begin(INCREMENTAL);
  const { user, fetch } = server;
  const sleep = (ms: number) => Promise.resolve(void (now += ms));
  const env = testEnv({ now: () => now, sleep });
  const other = await openMirror(database, { userId: user.id }, env);
  const events: TraceEvent[] = [];
  const onTrace = (event: TraceEvent) => events.push(event);
  await other.sync(session, { fetch, onTrace, whenBusy: "wait" });
  const waits = events.filter((event) => event.type === "wait");
  assertEquals(waits, [{ type: "wait", reason: "lease", waitMs: 1000 }]);
});

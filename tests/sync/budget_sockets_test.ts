/** Runs with a budget over real sockets. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sync, type SyncResult } from "../../mod.ts";
import { Clock, HOUR_MS } from "../support/clock.ts";
import { later } from "../support/events.ts";
import { SESSION } from "../support/fetch.ts";
import { chunk, head, serveFake, serveRaw } from "../support/sockets.ts";
import { test } from "../support/test.ts";

const CHUNKED = head("200 OK", {
  "content-type": "application/jsonlines+json",
  "transfer-encoding": "chunked",
});

function line(id: number): string {
  const data = { userId: String(id) };
  const event = { type: "UserDeleteV1", data, ack: `UserDeleteV1|${id}` };
  return `${JSON.stringify(event)}\n`;
}

test("a silent stream's socket is freed and its acks are sent at a budget's time limit", async () => {
  const freed = later();
  const acknowledged = later<string>();
  await using server = await serveRaw(async (wire) => {
    if (wire.request.includes("/sync/ack")) {
      acknowledged.resolve(wire.request);
      await wire.write(head("204 No Content"));
      wire.close();
      return;
    }
    await wire.write(CHUNKED + chunk(line(1) + line(2) + line(3)));
    await wire.gone;
    freed.resolve();
  });
  using clock = new Clock();
  const stored = later();
  let rows = 0;
  const running = sync({ ...SESSION, baseUrl: server.baseUrl }, ["UsersV1"], {
    // The third row is in an incomplete batch.
    process() {
      if (++rows === 2) stored.resolve();
    },
    reset() {},
  }, {
    batchSize: 1,
    ack: { every: false, intervalMs: false },
    idleTimeoutMs: false,
    serverVersion: false,
    budget: { durationMs: 2 * HOUR_MS },
  });
  await stored.promise;
  await clock.pass(3 * HOUR_MS);
  const { more, counts } = await running;
  assertEquals([more, counts], [true, { UserDeleteV1: 2 }]);
  await freed.promise;
  assertStringIncludes(
    await acknowledged.promise,
    '{"acks":["UserDeleteV1|2"]}',
  );
});

test("a library arrives completely over sockets in several runs of few requests each", async () => {
  await using server = await serveFake();
  await server.addAssets(20);
  const session = await server.createSession();
  const ids: string[] = [];
  let runs = 0;
  let result: SyncResult | undefined;
  while (result?.more !== false) {
    const before = (await server.requests()).length;
    result = await sync(session, ["AssetsV2"], {
      process({ events }) {
        for (const { ack } of events) ids.push(ack);
      },
      reset() {},
    }, {
      batchSize: 1,
      ack: { every: 1, intervalMs: false },
      budget: { requests: 8 },
    });
    const requests = (await server.requests()).slice(before);
    assert(requests.length <= 8, requests.map(({ path }) => path).join());
    assert(++runs < 10);
  }
  assertEquals([result.complete, runs], [true, 4]);
  assertEquals(new Set(ids).size, 20);
  assertEquals(ids.length, 20, "a row arrived twice");
});

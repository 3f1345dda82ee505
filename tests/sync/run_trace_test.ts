/** The trace events of runs. */
import { assert, assertEquals } from "@std/assert";
import {
  ProtocolError,
  sync,
  syncBatches,
  type SyncOptions,
  type TraceEvent,
} from "../../mod.ts";
import { syncWith } from "../../src/sync/mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { testEnv } from "../support/env.ts";
import { until } from "../support/events.ts";
import { assets, COMPLETE, event, play } from "../support/script.ts";
import { test } from "../support/test.ts";

/** Creates a server, and a function that runs a traced sync with it. */
function openTraced(options: SyncOptions = {}) {
  const server = new FakeImmich();
  const session = server.createSession();
  const events: TraceEvent[] = [];
  const copy = new Map<string, unknown>();
  const run = () =>
    syncWith(
      session,
      ["AssetsV2"],
      {
        process({ events }) {
          for (const { data } of events) {
            copy.set((data as { id: string }).id, data);
          }
        },
        reset: () => copy.clear(),
      },
      {
        fetch: server.fetch,
        onTrace: (event) => events.push(event),
        ...options,
      },
      testEnv(),
    );
  return { server, session, events, copy, run };
}

type Of<Type extends TraceEvent["type"]> = TraceEvent & { type: Type };

function of<Type extends TraceEvent["type"]>(
  events: TraceEvent[],
  type: Type,
): Of<Type>[] {
  return events.filter((event): event is Of<Type> => event.type === type);
}

/** Returns the ids of the requests for a path. */
function idsOf(events: TraceEvent[], path: string): string[] {
  return of(events, "request").filter((event) => event.path.endsWith(path))
    .map(({ requestId }) => requestId);
}

/** Returns the types of the events, except for `request`, `response` and `end`. */
function typesOf(events: TraceEvent[]): string[] {
  return events.map(({ type }) => type)
    .filter((type) => !/^(request|response|end)$/.test(type));
}

test("each stored batch of a run is traced with its size and its stream's id", async () => {
  const { server, events, run } = openTraced({ batchSize: 2 });
  for (let i = 0; i < 5; i++) server.library.addAsset();
  const { counts } = await run();
  const batches = of(events, "batch");
  const [stream] = idsOf(events, "/sync/stream");
  assertEquals(counts, { AssetV2: 5 });
  assertEquals(batches.map((batch) => batch.events), [2, 2, 1]);
  for (const { entityType, requestId, durationMs } of batches) {
    assertEquals([entityType, requestId], ["AssetV2", stream]);
    assert(durationMs >= 0);
  }
});

test("each ack of a run is traced after the batches that it acknowledges", async () => {
  const { server, events, run } = openTraced({ ack: { every: 1 } });
  server.library.addAsset();
  await run();
  assertEquals(typesOf(events), ["batch", "ack", "ack"]);
  const acks = of(events, "ack");
  assertEquals(
    acks.map(({ requestId }) => requestId),
    idsOf(events, "/sync/ack"),
  );
  assertEquals(acks.map(({ acks }) => acks), [1, 1]);
});

test("an interruption, the wait and the retry are traced in this order", async () => {
  const { server, events, run } = openTraced();
  server.library.addAsset();
  server.inject({ type: "truncate", atByte: 10 });
  await run();
  const types = ["error", "interruption", "wait", "retry", "batch", "ack"];
  assertEquals(typesOf(events), types);
  const [interruption] = of(events, "interruption");
  const [stream] = idsOf(events, "/sync/stream");
  assertEquals(interruption, {
    type: "interruption",
    requestId: stream!,
    code: "connection",
  });
  assertEquals(of(events, "error")[0]!.requestId, stream);
  assertEquals(of(events, "wait")[0]!.reason, "retry");
  assertEquals(of(events, "retry"), [{
    type: "retry",
    failures: 1,
    code: "connection",
  }]);
});

test("a rejected stream request is traced as a retry, not as an interruption", async () => {
  const { server, events, run } = openTraced();
  server.inject({ type: "status", status: 503, times: 2, on: "stream" });
  await run();
  const twice = ["error", "wait", "retry", "error", "wait", "retry"];
  assertEquals(typesOf(events), [...twice, "ack"]);
  const failure = { type: "retry", code: "http", status: 503 } as const;
  assertEquals(of(events, "retry"), [
    { ...failure, failures: 1 },
    { ...failure, failures: 2 },
  ]);
});

test("a rejected ack is traced as an interruption of its stream", async () => {
  const { server, events, run } = openTraced({ ack: { every: 1 } });
  server.library.addAsset();
  server.inject({ type: "status", status: 503, on: "ack" });
  await run();
  const [stream] = idsOf(events, "/sync/stream");
  assertEquals(of(events, "interruption"), [{
    type: "interruption",
    requestId: stream!,
    code: "http",
    status: 503,
  }]);
});

test("a failure that ends a run is traced neither as an interruption nor a retry", async () => {
  const { server, events, run } = openTraced();
  server.inject({ type: "status", status: 401, on: "stream" });
  await run().catch(() => {});
  assertEquals(typesOf(events), ["error"]);
});

test("a bad line is not traced as an interruption, because it ends the run", async () => {
  const events: TraceEvent[] = [];
  const bad = new ProtocolError("Cannot read the line");
  const onTrace = (event: TraceEvent) => events.push(event);
  const { error } = await play([[...assets(1), bad]], { onTrace });
  assertEquals(error, bad);
  assertEquals(typesOf(events), ["batch"]);
});

test("a reset is traced with the id of the stream that contained it", async () => {
  const { server, events, run } = openTraced();
  server.library.addAsset();
  server.inject({ type: "reset" });
  await run();
  const [stream] = idsOf(events, "/sync/stream");
  assertEquals(of(events, "reset"), [{ type: "reset", requestId: stream! }]);
  assertEquals(typesOf(events), ["reset", "ack", "batch", "ack"]);
});

test("a batch that is stored late is traced with the id of its own stream", async () => {
  const { server, session, events } = openTraced();
  server.library.addAsset();
  server.library.addAsset();
  server.inject({ type: "truncate", atByte: 1e6 });
  const late = [];
  const batches = syncBatches(session, ["AssetsV2"], {
    fetch: server.fetch,
    retry: { delayMs: 0 },
    onTrace: (event) => events.push(event),
  });
  for await (const batch of batches) late.push(batch);
  assertEquals(of(events, "batch"), []);
  await late.at(-1)!.ack();
  const streams = idsOf(events, "/sync/stream").slice(0, 2);
  const stored = of(events, "batch").map(({ requestId }) => requestId);
  assertEquals(stored, streams);
});

test("an entity type is traced only if it looks like an entity type", async () => {
  const events: TraceEvent[] = [];
  const secret = "jlsJNARuSlJ0cTNkGsY9W2qrTbwUs0lfaUhwcRBAO1k";
  const types = ["AssetFutureV9", secret, "beach.jpg", "constructor"];
  const rows = types.map((type) => event(type));
  const onTrace = (event: TraceEvent) => events.push(event);
  await play([[...rows, COMPLETE]], { onTrace });
  assertEquals(
    of(events, "batch").map(({ entityType }) => entityType),
    ["AssetFutureV9", "other", "other", "other"],
  );
});

test("a run with a custom source is traced without request ids", async () => {
  const events: TraceEvent[] = [];
  const onTrace = (event: TraceEvent) => events.push(event);
  await play([[...assets(1, 2), COMPLETE]], { onTrace });
  const [{ durationMs: _, ...batch }] = of(events, "batch") as [Of<"batch">];
  assertEquals(batch, { type: "batch", entityType: "AssetV2", events: 2 });
});

test("a run loses no rows even if onTrace always throws", async () => {
  const onTrace = () => {
    throw new Error("a bug in onTrace");
  };
  const { server, copy, run } = openTraced({ onTrace, batchSize: 2 });
  for (let i = 0; i < 9; i++) server.library.addAsset();
  server.inject({ type: "truncate", atByte: 2000 });
  server.inject({ type: "status", status: 503, on: "ack" });
  const { complete } = await run();
  assert(complete);
  assertEquals(copy.size, 9);
  assertEquals((await run()).counts, {});
});

test("a client's onTrace receives the events of a run", async () => {
  const server = new FakeImmich();
  server.library.addAsset();
  const events: TraceEvent[] = [];
  const { fetch } = server;
  const client = {
    request: async ({ url, accessToken, signal: _, body, ...init }: {
      url: string;
      accessToken?: string | undefined;
      signal: AbortSignal;
      method: string;
      headers: Record<string, string>;
      body?: unknown;
    }) => {
      const headers = {
        ...init.headers,
        authorization: `Bearer ${accessToken}`,
      };
      const text = body === undefined ? {} : { body: String(body) };
      return await fetch(url, { ...init, headers, ...text });
    },
    onTrace: (event: TraceEvent) => events.push(event),
  };
  const processor = { process() {}, reset() {} };
  await sync(server.createSession(), ["AssetsV2"], processor, { client });
  assertEquals(typesOf(events), ["batch", "ack"]);
});

test("each request of a run ends exactly once, no matter when the run is aborted", async () => {
  const complete = openTraced();
  await complete.run();
  for (let count = 1; count <= complete.events.length; count++) {
    const controller = new AbortController();
    const events: TraceEvent[] = [];
    const { run } = openTraced({
      signal: controller.signal,
      onTrace(event) {
        events.push(event);
        if (events.length === count) controller.abort();
      },
    });
    await run().catch(() => {});
    const idsOfAll = (...types: ("request" | "end" | "error")[]) =>
      types.flatMap((type) => of(events, type))
        .map(({ requestId }) => requestId).sort();
    const started = idsOfAll("request");
    const what = `each request has ended after an abort at event ${count}`;
    await until(() => idsOfAll("end", "error").length >= started.length, what);
    assertEquals(idsOfAll("end", "error"), started, what);
  }
});

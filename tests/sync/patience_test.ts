import { assert, assertEquals, assertThrows } from "@std/assert";
import { SyncError, type SyncOptions } from "../../mod.ts";
import { Patience } from "../../src/sync/patience.ts";
import { syncWith } from "../../src/sync/mod.ts";
import { testEnv } from "../support/env.ts";
import { later, turn } from "../support/events.ts";
import { answering, SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";

const MINUTE_MS = 60_000;

/** Creates a `Patience` with a clock and a server controlled by the test. */
function patience(idleTimeoutMs?: number | false) {
  let now = 0;
  const patience = new Patience(idleTimeoutMs, () => now);
  /**
   * Lets the server send something repeatedly, for the given number of minutes.
   */
  async function send(minutes: number): Promise<void> {
    const { promise, resolve } = later();
    const wait = patience.wait(promise);
    try {
      for (let i = 0; i < minutes; i++) {
        now += MINUTE_MS;
        patience.check();
      }
    } finally {
      resolve();
      await wait;
    }
  }
  return { patience, send, pass: (ms: number) => void (now += ms) };
}

async function isExhausted(promise: Promise<void>): Promise<boolean> {
  const error = await promise.then(() => undefined, (error) => error);
  if (error === undefined) return false;
  assert(error instanceof SyncError);
  assertEquals(error.code, "retries_exhausted");
  assert(!error.retryable);
  return true;
}

test("a server may repeat itself for almost an hour before the run gives up", async () => {
  const { send } = patience();
  assert(!await isExhausted(send(53)));
  assert(await isExhausted(send(1)));
});

test("the hour allowed for repetition starts again when a new row arrives", async () => {
  const { patience: measured, send } = patience();
  await send(50);
  measured.renew();
  assert(!await isExhausted(send(50)));
  assert(await isExhausted(send(10)));
});

test("the hour allowed for repetition excludes time spent in the consumer", async () => {
  const { patience: measured, send, pass } = patience();
  await send(50);
  pass(24 * 60 * MINUTE_MS);
  measured.check();
  assert(!await isExhausted(send(3)));
});

test("a server may repeat itself for less than an hour if the idle timeout is short", async () => {
  assert(!await isExhausted(patience(MINUTE_MS).send(35)));
  assert(await isExhausted(patience(MINUTE_MS).send(36)));
  assert(!await isExhausted(patience(5 * MINUTE_MS).send(59)));
  assert(await isExhausted(patience(5 * MINUTE_MS).send(60)));
  assert(await isExhausted(patience(false).send(60)));
});

test("a wait may last as long as the idle timeout if the server repeats itself", async () => {
  const { patience: measured, pass } = patience(120 * MINUTE_MS);
  const { promise, resolve } = later();
  const wait = measured.wait(promise);
  pass(119 * MINUTE_MS);
  measured.check();
  pass(MINUTE_MS);
  assertThrows(() => measured.check(), SyncError);
  resolve();
  await wait;
});

test("a clock change counts as a wait of at most the idle timeout", async () => {
  const { patience: measured, pass } = patience();
  const { promise, resolve } = later();
  const wait = measured.wait(promise);
  for (const ms of [24 * 60 * MINUTE_MS, -48 * 60 * MINUTE_MS, MINUTE_MS]) {
    pass(ms);
    measured.check();
  }
  resolve();
  await wait;
});

/** What a server might send forever without sending anything new. */
const DRIPS: Record<string, (i: number) => string> = {
  "a line that never ends": () => "[",
  "empty lines": () => "\n",
  "acks without a row": (i) =>
    `{"type":"SyncAckV1","data":{},"ack":"SyncAckV1|${i}"}\n`,
  "the same row": () =>
    '{"type":"UserDeleteV1","data":{"userId":"1"},"ack":"UserDeleteV1|1"}\n',
  "the same row without an ack": () =>
    '{"type":"UserDeleteV1","data":{"userId":"1"},"ack":""}\n',
  "two rows in turns": (i) =>
    `{"type":"UserDeleteV1","data":{"userId":"1"},"ack":"UserDeleteV1|${
      i % 2
    }"}\n`,
};

for (const [name, toText] of Object.entries(DRIPS)) {
  test(`9: a run ends within an hour if a server keeps sending only ${name}`, async () => {
    let now = 0;
    const body = () =>
      new ReadableStream<Uint8Array>({
        async pull(controller) {
          // The consumer is faster than the server.
          await turn();
          now += MINUTE_MS;
          const text = toText(now / MINUTE_MS);
          controller.enqueue(new TextEncoder().encode(text));
        },
      }, { highWaterMark: 0 });
    let streams = 0;
    const headers = { "content-type": "application/jsonlines+json" };
    const fetch = answering(({ url }) => {
      if (!url.endsWith("/stream")) return new Response(null, { status: 204 });
      streams++;
      return new Response(body(), { headers });
    });
    const options: SyncOptions = { fetch, serverVersion: false, batchSize: 5 };
    const processor = { process() {}, reset() {} };
    const env = testEnv({ now: () => now });
    const error = await syncWith(SESSION, ["UsersV1"], processor, options, env)
      .catch((error) => error);
    assert(error instanceof SyncError, String(error));
    assertEquals(error.code, "retries_exhausted");
    assertEquals(streams, 1);
    assert(now <= 75 * MINUTE_MS, `${now / MINUTE_MS} minutes`);
  });
}

test("9: a stream that keeps sending new rows is read to its end", async () => {
  let now = 0;
  const lines = Array.from(
    { length: 200 },
    (_, i) =>
      `{"type":"UserDeleteV1","data":{"userId":"1"},"ack":"UserDeleteV1|${i}"}\n`,
  );
  lines.push('{"type":"SyncCompleteV1","data":{},"ack":"SyncCompleteV1|1"}\n');
  const rest = lines.values();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      now += MINUTE_MS;
      const { done, value } = rest.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
  }, { highWaterMark: 0 });
  const bodies = [body];
  const headers = { "content-type": "application/jsonlines+json" };
  const fetch = answering(({ url }) =>
    url.endsWith("/stream")
      ? new Response(bodies.pop() ?? lines.at(-1)!, { headers })
      : new Response(null, { status: 204 })
  );
  const { counts } = await syncWith(
    SESSION,
    ["UsersV1"],
    { process() {}, reset() {} },
    { fetch, serverVersion: false, batchSize: 5, ack: "complete" },
    testEnv({ now: () => now }),
  );
  assertEquals(counts, { UserDeleteV1: 200 });
});

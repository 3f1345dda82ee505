import { assert, assertEquals, assertRejects } from "@std/assert";
import type { SyncProcessor } from "../../mod.ts";
import { untilAbort } from "../../src/sync/abort.ts";
import { later, turn } from "../support/events.ts";
import { assets, COMPLETE, play, RESET } from "../support/script.ts";
import { test } from "../support/test.ts";

const REASON = new Error("shutting down");

test("untilAbort settles like its promise unless the signal is aborted", async () => {
  const controller = new AbortController();
  for (const signal of [undefined, controller.signal]) {
    assertEquals(await untilAbort(Promise.resolve(1), signal), 1);
    const failure = new Error("disk full");
    await assertRejects(
      () => untilAbort(Promise.reject(failure), signal),
      Error,
      "disk full",
    );
  }
  const pending = untilAbort(new Promise(() => {}), controller.signal);
  controller.abort(REASON);
  await assertRejects(() => pending, Error, "shutting down");
  const late = untilAbort(Promise.resolve(1), controller.signal);
  await assertRejects(() => late, Error, "shutting down");
});

test("a promise that fails after an abort causes no unhandled rejection", async () => {
  const controller = new AbortController();
  const { promise, resolve } = later<Promise<never>>();
  const wait = untilAbort(promise, controller.signal);
  controller.abort(REASON);
  await assertRejects(() => wait, Error, "shutting down");
  resolve(Promise.reject(new Error("too late")));
  await turn();
});

/**
 * Each function of a processor, with a stream that leads to a call to the
 * function.
 */
const STREAMS = {
  accept: [],
  process: [...assets(1, 2), COMPLETE],
  flush: [...assets(1, 2), COMPLETE],
  reset: [...assets(1, 2), RESET],
  begin: [...assets(1, 2), COMPLETE],
  end: [...assets(1, 2), COMPLETE],
};

const NAMES = ["accept", "process", "flush", "reset", "begin", "end"] as const;

for (const name of NAMES) {
  test(`5: an abort ends a run at once even while ${name}() is pending`, async () => {
    const controller = new AbortController();
    const { promise, resolve } = later();
    let reports = 0;
    const { log, error } = await play(
      [STREAMS[name]],
      {
        // Everything before the pending call is acknowledged at once.
        ack: { every: 1 },
        signal: controller.signal,
        onProgress: () => reports++,
      },
      (log) => {
        const processor: SyncProcessor = {
          process: ({ events }) => void log.push(`store ${events.length}`),
          reset: () => {},
          ...(name === "begin" || name === "end"
            ? { begin: () => {}, end: () => {} }
            : {}),
          ...(name === "flush" ? { flush: () => {} } : {}),
        };
        return {
          ...processor,
          [name]() {
            setTimeout(() => controller.abort(REASON));
            return promise;
          },
        };
      },
    );
    assertEquals(error, REASON);
    const before = [...log];
    const reported = reports;
    resolve();
    await turn();
    assertEquals(log, before);
    assertEquals(reports, reported);
    if (name === "process" || name === "flush") {
      assert(!log.some((line) => line.startsWith("ack")), `${log}`);
    }
  });
}

test("5: an abort ends a run at once even if the stream ignores the signal", async () => {
  const controller = new AbortController();
  let left = false;
  const stream = new ReadableStream({
    pull: () =>
      new Promise(() => void setTimeout(() => controller.abort(REASON))),
    cancel: () => void (left = true),
  });
  const { error } = await play([], {
    signal: controller.signal,
    source: {
      syncStream: () => Promise.resolve(stream),
      syncAck: () => Promise.resolve(),
    },
  });
  assertEquals(error, REASON);
  assert(left);
});

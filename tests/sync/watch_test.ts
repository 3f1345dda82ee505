import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AuthenticationError,
  ConnectionError,
  HttpError,
  type KeptSession,
  ProtocolError,
  type Session,
  SyncError,
  type SyncResult,
  type SyncWatch,
  type TraceEvent,
  type WatchReport,
} from "../../mod.ts";
import { watch, type WatchTiming } from "../../src/sync/mod.ts";
import { testEnv } from "../support/env.ts";
import { later } from "../support/events.ts";
import { SESSION } from "../support/fetch.ts";
import { UNCHANGED } from "../support/script.ts";
import { test } from "../support/test.ts";

const LOST = new ConnectionError("lost", { cause: undefined });
const ENDED = new AuthenticationError("ended", { status: 401 });
const busy = (retryAfterMs?: number) =>
  new HttpError("busy", { status: 503, retryAfterMs });

/** Runs the given outcomes, then aborts. Returns the waits. */
async function waitsOf(
  outcomes: (SyncResult | Error)[],
  { random = 0.5, ...timing }: WatchTiming & { random?: number } = {},
): Promise<number[]> {
  const controller = new AbortController();
  const { signal } = controller;
  const waits: number[] = [];
  const sync = () => {
    const outcome = outcomes.shift();
    return outcome instanceof Error
      ? Promise.reject(outcome)
      : Promise.resolve(outcome!);
  };
  const env = testEnv({
    random: () => random,
    sleep(ms) {
      waits.push(ms);
      if (outcomes.length === 0) controller.abort();
      return Promise.resolve();
    },
  });
  const reported: number[] = [];
  for await (
    const { waitMs } of watch(SESSION, sync, { ...timing, signal }, env)
  ) reported.push(waitMs);
  assertEquals(reported, waits);
  return waits;
}

/** An environment whose waits end only when they are aborted. */
function endless(onWait: (ms: number) => void) {
  return testEnv({
    random: () => 0.5,
    sleep: (ms, signal) =>
      new Promise((_, reject) => {
        signal!.addEventListener("abort", () => reject(signal!.reason));
        onWait(ms);
      }),
  });
}

async function readAll(watch: SyncWatch): Promise<WatchReport[]> {
  const reports: WatchReport[] = [];
  for await (const report of watch) reports.push(report);
  return reports;
}

test("a watch runs every minute unless everyMs is given", async () => {
  assertEquals(await waitsOf([UNCHANGED, UNCHANGED]), [60_000, 60_000]);
  assertEquals(await waitsOf([UNCHANGED], { everyMs: 5_000 }), [5_000]);
});

test("the time between two runs of a watch varies by a tenth", async () => {
  assertEquals(await waitsOf([UNCHANGED], { random: 0 }), [54_000]);
  assertEquals(await waitsOf([UNCHANGED], { random: 1 }), [66_000]);
});

test("a watch continues a run that its budget ended at once", async () => {
  assertEquals(await waitsOf([{ ...UNCHANGED, more: true }, UNCHANGED]), [
    0,
    60_000,
  ]);
});

test("a watch waits longer after each failure, up to 15 minutes", async () => {
  const failures = Array<Error>(10).fill(LOST);
  const waits = await waitsOf([...failures, UNCHANGED, LOST], { random: 1 });
  assertEquals(waits.slice(0, 4), [10_000, 20_000, 40_000, 80_000]);
  assertEquals(waits.slice(9), [900_000, 66_000, 10_000]);
});

test("a watch waits at least as long as the server asks", async () => {
  assertEquals(await waitsOf([busy(7_200_000), busy(1), busy()]), [
    7_200_000,
    10_000,
    20_000,
  ]);
  const exhausted = new SyncError("exhausted", {
    code: "retries_exhausted",
    cause: busy(7_200_000),
  });
  assertEquals(await waitsOf([exhausted]), [7_200_000]);
});

test("a watch ends with an error that a later run cannot fix", async () => {
  const errors = [
    new ProtocolError("a bad line"),
    new SyncError("resets", { code: "reset_loop" }),
    new Error("the disk is full"),
    ENDED,
  ];
  for (const failure of errors) {
    const error = await assertRejects(() => waitsOf([UNCHANGED, failure]));
    assertEquals(error, failure);
  }
});

/** Creates a kept session that returns the given sessions or errors, in order. */
function keeping(outcomes: (Session | Error)[]): KeptSession {
  return {
    get() {
      const outcome = outcomes.shift()!;
      return outcome instanceof Error
        ? Promise.reject(outcome)
        : Promise.resolve(outcome);
    },
    end: () => Promise.resolve(),
  };
}

test("a watch with a kept session signs in again after a 401", async () => {
  const other = { ...SESSION, accessToken: "other" };
  const used: string[] = [];
  const reports = watch(
    keeping([SESSION, LOST, other]),
    ({ accessToken }) => {
      used.push(accessToken);
      return used.length === 1
        ? Promise.reject(ENDED)
        : Promise.resolve(UNCHANGED);
    },
    {},
    testEnv(),
  );
  assertEquals((await reports.next()).value?.error, ENDED);
  assertEquals((await reports.next()).value?.error, LOST);
  assertEquals((await reports.next()).value?.result, UNCHANGED);
  assertEquals(used, [SESSION.accessToken, "other"]);
});

test("a watch continues at once after a 401, but waits if it is rejected again", async () => {
  const end = new AbortController();
  const kept = {
    get: () => Promise.resolve(SESSION),
    end: () => Promise.resolve(),
  };
  const sync = () => Promise.reject(ENDED);
  const env = testEnv({ random: () => 1 });
  const waits: number[] = [];
  for await (
    const { waitMs } of watch(kept, sync, { signal: end.signal }, env)
  ) {
    waits.push(waitMs);
    if (waits.length === 3) end.abort();
  }
  assertEquals(waits, [0, 20_000, 40_000]);
});

test("a watch ends if the user cannot sign in again", async () => {
  const sync = () => Promise.resolve(UNCHANGED);
  const reports = watch(keeping([ENDED]), sync, {}, testEnv());
  assertEquals(await assertRejects(() => reports.next()), ENDED);
  assertEquals(await reports.next(), { done: true, value: undefined });
});

test("an abort ends a watch during a wait", async () => {
  const controller = new AbortController();
  const env = endless(() => controller.abort());
  const { signal } = controller;
  const sync = () => Promise.resolve(UNCHANGED);
  const reports = await readAll(watch(SESSION, sync, { signal }, env));
  assertEquals(reports.length, 1);
});

test("an abort ends a watch during a run", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const sync = () => {
    controller.abort();
    return Promise.reject(signal.reason);
  };
  const reports = watch(SESSION, sync, { signal }, testEnv());
  assertEquals(await readAll(reports), []);
});

test("a watch whose signal is aborted from the start runs nothing", async () => {
  let runs = 0;
  const sync = () => Promise.reject(new Error(`run ${++runs}`));
  const signal = AbortSignal.abort();
  const reports = watch(SESSION, sync, { signal }, testEnv());
  assertEquals([await readAll(reports), runs], [[], 0]);
});

test("waking a watch ends its wait", async () => {
  const waiting = later();
  const sync = () => Promise.resolve(UNCHANGED);
  const reports = watch(SESSION, sync, {}, endless(() => waiting.resolve()));
  await reports.next();
  const second = reports.next();
  await waiting.promise;
  reports.wake();
  assertEquals((await second).value?.result, UNCHANGED);
});

test("waking a watch during a run starts another run right after it", async () => {
  const sync = () => {
    reports.wake();
    return Promise.resolve(UNCHANGED);
  };
  const env = endless(() => {
    throw new Error("it waits");
  });
  const reports = watch(SESSION, sync, {}, env);
  await reports.next();
  assert(!(await reports.next()).done);
});

test("waking a watch once causes one run", async () => {
  const waits: number[] = [];
  const waiting = later();
  const sync = () => Promise.resolve(UNCHANGED);
  const controller = new AbortController();
  const env = endless((ms) => {
    waits.push(ms);
    waiting.resolve();
  });
  const reports = watch(SESSION, sync, controller, env);
  await reports.next();
  reports.wake();
  await reports.next();
  const third = reports.next();
  await waiting.promise;
  controller.abort();
  assertEquals((await third).done, true);
  assertEquals(waits, [60_000]);
});

test("waking a watch does not shorten the wait after a failure", async () => {
  const outcomes = [busy(7_200_000), UNCHANGED];
  const waits: [ms: number, isEnded: boolean][] = [];
  const env = testEnv({
    sleep(ms, signal) {
      reports.wake();
      waits.push([ms, signal!.aborted]);
      return Promise.resolve();
    },
  });
  const sync = () => {
    const outcome = outcomes.shift()!;
    return outcome instanceof Error
      ? Promise.reject(outcome)
      : Promise.resolve(outcome);
  };
  const reports = watch(SESSION, sync, {}, env);
  await reports.next();
  reports.wake();
  await reports.next();
  assertEquals(waits, [[7_200_000, false]]);
});

test("leaving the loop of a watch ends it", async () => {
  let runs = 0;
  const sync = () => Promise.resolve({ ...UNCHANGED, streams: ++runs });
  const reports = watch(SESSION, sync, {}, testEnv());
  for await (const { result } of reports) if (result?.streams === 3) break;
  assertEquals(await reports.next(), { done: true, value: undefined });
  assertEquals(runs, 3);
});

test("an everyMs that is not positive and finite is a RangeError", () => {
  for (const everyMs of [0, -1, NaN, Infinity]) {
    assertThrows(
      () =>
        watch(
          SESSION,
          () => Promise.resolve(UNCHANGED),
          { everyMs },
          testEnv(),
        ),
      RangeError,
      `Cannot watch: everyMs must be a positive number, received ${everyMs}`,
    );
  }
});

test("the waits of a watch are traced with their reasons", async () => {
  const events: unknown[] = [];
  const onTrace = (event: TraceEvent) => events.push(event);
  const [regular, retry] = await waitsOf([UNCHANGED, LOST, UNCHANGED], {
    onTrace,
  });
  assertEquals(events, [
    { type: "wait", reason: "schedule", waitMs: regular },
    { type: "wait", reason: "retry", waitMs: retry },
    { type: "wait", reason: "schedule", waitMs: regular },
  ]);
});

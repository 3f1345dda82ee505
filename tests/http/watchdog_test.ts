import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { TimeoutError } from "../../src/errors/mod.ts";
import { Watchdog } from "../../src/http/watchdog.ts";
import { Clock, HOUR_MS } from "../support/clock.ts";
import { later, turn } from "../support/events.ts";
import { test } from "../support/test.ts";

const never = new Promise<never>(() => {});

function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => "no reason", (reason) => reason);
}

test("a watchdog's wait settles like the promise that it waits for", async () => {
  const watchdog = new Watchdog("wait", { idleTimeoutMs: HOUR_MS });
  assertEquals(await watchdog.wait(Promise.resolve(1)), 1);
  const error = new Error("broken");
  assertStrictEquals(
    await reasonOf(watchdog.wait(Promise.reject(error))),
    error,
  );
  watchdog.end();
});

test("a watchdog's wait for a silent server times out and ends the request", async () => {
  const watchdog = new Watchdog("wait", { idleTimeoutMs: 10 });
  const error = await assertRejects(() => watchdog.wait(never), TimeoutError);
  assertEquals(error.message, "Cannot wait: the server was silent for 10 ms");
  assert(watchdog.signal.aborted);
  assert(!watchdog.abortedByCaller);
});

test("time without a pending wait does not count toward the idle timeout", async () => {
  using clock = new Clock();
  const watchdog = new Watchdog("wait", { idleTimeoutMs: 4 * HOUR_MS });
  for (let i = 0; i < 3; i++) {
    await watchdog.wait(Promise.resolve());
    await clock.pass(5 * HOUR_MS);
  }
  assert(!watchdog.signal.aborted);
});

test("bytes that arrived while the event loop was blocked prevent a timeout", async () => {
  using clock = new Clock();
  const watchdog = new Watchdog("wait", { idleTimeoutMs: 4 * HOUR_MS });
  const { promise: bytes, resolve: arrive } = later<string>();
  const wait = watchdog.wait(bytes);
  // Runtimes run overdue timers before they read sockets.
  clock.block(5 * HOUR_MS);
  arrive("bytes");
  assertEquals(await wait, "bytes");
});

test("a watchdog's consecutive waits share one timer, which ends with the request", async () => {
  for (const end of ["end", "abort"] as const) {
    using clock = new Clock();
    const watchdog = new Watchdog("wait", { idleTimeoutMs: 4 * HOUR_MS });
    for (let i = 0; i < 100; i++) {
      await watchdog.wait(Promise.resolve());
      assertEquals(clock.timers, 1);
    }
    watchdog[end]();
    assertEquals(clock.timers, 0);
  }
});

test("an idle timer that fires while no wait is pending is not restarted", async () => {
  using clock = new Clock();
  const watchdog = new Watchdog("wait", { idleTimeoutMs: 4 * HOUR_MS });
  await watchdog.wait(Promise.resolve());
  await clock.pass(3 * HOUR_MS);
  assertEquals(clock.timers, 0);
});

test("each wait gets the full idle timeout, no matter when the timer started", async () => {
  using clock = new Clock();
  const watchdog = new Watchdog("wait", { idleTimeoutMs: 4 * HOUR_MS });
  for (let i = 0; i < 20; i++) {
    const { promise, resolve } = later();
    const wait = watchdog.wait(promise);
    await clock.pass(3 * HOUR_MS);
    resolve();
    await wait;
  }
  assert(!watchdog.signal.aborted);
  const wait = reasonOf(watchdog.wait(never));
  await clock.passUntil(wait);
  assertInstanceOf(await wait, TimeoutError);
});

test("a watchdog without an idle timeout starts no timer", async () => {
  using clock = new Clock();
  const watchdog = new Watchdog("wait", { idleTimeoutMs: false });
  const { promise: late, resolve: arrive } = later<string>();
  const wait = watchdog.wait(late);
  assertEquals(clock.started, 0);
  await turn();
  arrive("late");
  assertEquals(await wait, "late");
});

test("a watchdog passes on the caller's abort reason unchanged in every runtime", async () => {
  const caller = new AbortController();
  const watchdog = new Watchdog("wait", {
    signal: caller.signal,
    idleTimeoutMs: HOUR_MS,
  });
  const reason = { my: "reason" };
  // workerd rejects with a copy of the reason.
  const copied = new Promise((_, reject) =>
    watchdog.signal.addEventListener("abort", () => reject({ ...reason }))
  );
  const wait = reasonOf(watchdog.wait(copied));
  caller.abort(reason);
  assertStrictEquals(await wait, reason);
  assertStrictEquals(await reasonOf(watchdog.wait(never)), reason);
  assert(watchdog.abortedByCaller);
});

test("a watchdog with an already aborted signal throws its reason at once", () => {
  const signal = AbortSignal.abort("too late");
  let thrown: unknown;
  try {
    new Watchdog("wait", { signal, idleTimeoutMs: HOUR_MS });
  } catch (error) {
    thrown = error;
  }
  assertEquals(thrown, "too late");
});

test("a watchdog whose request has ended ignores its caller's signal", () => {
  const caller = new AbortController();
  const watchdog = new Watchdog("wait", {
    signal: caller.signal,
    idleTimeoutMs: HOUR_MS,
  });
  let isAborted = false;
  watchdog.onCallerAbort = () => isAborted = true;
  watchdog.end();
  caller.abort();
  assert(!isAborted);
});

test("an invalid idleTimeoutMs is rejected", () => {
  const values = [0, -1, NaN, Infinity, 2 ** 31, "5" as unknown as number];
  for (const idleTimeoutMs of values) {
    assertThrows(
      () => new Watchdog("wait", { idleTimeoutMs }),
      RangeError,
      `Cannot wait: idleTimeoutMs must be a number from 1 to 2147483647 or false, received ${idleTimeoutMs}`,
    );
  }
});

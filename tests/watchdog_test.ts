import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { TimeoutError } from "../src/errors.ts";
import { Watchdog } from "../src/watchdog.ts";
import { test } from "./support/test.ts";

const never = new Promise<never>(() => {});

function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => "no reason", (reason) => reason);
}

test("waiting settles as the promise does", async () => {
  const watchdog = new Watchdog("wait", { idleTimeoutMs: 1000 });
  assertEquals(await watchdog.wait(Promise.resolve(1)), 1);
  const error = new Error("broken");
  assertStrictEquals(
    await reasonOf(watchdog.wait(Promise.reject(error))),
    error,
  );
});

test("a silent server ends the wait, and the request with it", async () => {
  const watchdog = new Watchdog("wait", { idleTimeoutMs: 10 });
  const error = await assertRejects(() => watchdog.wait(never), TimeoutError);
  assertEquals(error.message, "Cannot wait: the server was silent for 10 ms");
  assert(watchdog.signal.aborted);
  assert(!watchdog.abortedByCaller);
});

test("time in which nobody waits does not count", async () => {
  const watchdog = new Watchdog("wait", { idleTimeoutMs: 40 });
  for (let i = 0; i < 3; i++) {
    await watchdog.wait(Promise.resolve());
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  assert(!watchdog.signal.aborted);
});

test("bytes that arrived while the event loop was blocked win over the clock", async () => {
  const watchdog = new Watchdog("wait", { idleTimeoutMs: 40 });
  const bytes = new Promise((resolve) => setTimeout(resolve, 30, "bytes"));
  const wait = watchdog.wait(bytes);
  const end = performance.now() + 80;
  while (performance.now() < end);
  assertEquals(await wait, "bytes");
});

test("without a limit there is no clock", async () => {
  const watchdog = new Watchdog("wait", { idleTimeoutMs: false });
  const late = new Promise((resolve) => setTimeout(resolve, 10, "late"));
  assertEquals(await watchdog.wait(late), "late");
});

test("the caller's reason comes through untouched, whatever the runtime makes of it", async () => {
  const caller = new AbortController();
  const watchdog = new Watchdog("wait", {
    signal: caller.signal,
    idleTimeoutMs: 1000,
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

test("an aborted signal is an error before anything else", () => {
  const signal = AbortSignal.abort("too late");
  let thrown: unknown;
  try {
    new Watchdog("wait", { signal, idleTimeoutMs: 1000 });
  } catch (error) {
    thrown = error;
  }
  assertEquals(thrown, "too late");
});

test("a watchdog that was released does not hear its caller any more", () => {
  const caller = new AbortController();
  const watchdog = new Watchdog("wait", {
    signal: caller.signal,
    idleTimeoutMs: 1000,
  });
  watchdog.release();
  caller.abort();
  assert(!watchdog.signal.aborted);
});

test("a limit that is no time is refused", () => {
  for (const idleTimeoutMs of [0, -1, NaN, Infinity, 2 ** 31]) {
    assertThrows(
      () => new Watchdog("wait", { idleTimeoutMs }),
      RangeError,
      `Cannot wait: idleTimeoutMs is ${idleTimeoutMs}`,
    );
  }
});

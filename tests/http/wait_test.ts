import { assertEquals, assertRejects } from "@std/assert";
import { SYSTEM, type TraceEvent, wait } from "../../src/http/mod.ts";
import { test } from "../support/test.ts";

test("a wait is traced when it begins", async () => {
  const log: (TraceEvent | string)[] = [];
  const env = {
    sleep: (ms: number) => Promise.resolve(void log.push(`${ms}`)),
  };
  await wait(5, "lease", { env, onTrace: (event) => log.push(event) });
  assertEquals(log, [{ type: "wait", reason: "lease", waitMs: 5 }, "5"]);
});

test("a wait that is not traced ends when its signal is aborted", async () => {
  const reason = new Error("left");
  const signal = AbortSignal.abort(reason);
  const options = { env: SYSTEM, signal, onTrace: undefined };
  await assertRejects(() => wait(1e6, "retry", options), Error, "left");
});

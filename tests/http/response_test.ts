import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ConnectionError,
  ProtocolError,
  TimeoutError,
} from "../../src/errors/mod.ts";
import { readJson as readCheckedJson } from "../../src/http/response.ts";
import { Watchdog } from "../../src/http/watchdog.ts";
import { LONG_MS } from "../support/timeouts.ts";
import { test } from "../support/test.ts";

/** Reads any JSON. */
function readJson(response: Response, watchdog: Watchdog): Promise<unknown> {
  const isAny = (_: unknown): _ is unknown => true;
  return readCheckedJson(response, watchdog, isAny);
}

function watch(): Watchdog {
  return new Watchdog("do it", { idleTimeoutMs: LONG_MS });
}

test("a JSON response is read even if its content type is wrong", async () => {
  const response = new Response('{"a":1}', { headers: { "content-type": "" } });
  assertEquals(await readJson(response, watch()), { a: 1 });
});

test("errors for HTML and for other non-JSON text differ, and neither quotes the text", async () => {
  const page = await assertRejects(
    () => readJson(new Response(" <html>secret"), watch()),
    ProtocolError,
    "login page",
  );
  const text = await assertRejects(
    () => readJson(new Response("secret"), watch()),
    ProtocolError,
    "Cannot do it: the response is not JSON",
  );
  for (const error of [page, text]) {
    assert(!error.message.includes("secret"));
    assertEquals(error.cause, undefined);
  }
});

test("readJson returns undefined for a response without content", async () => {
  const response = new Response(null, { status: 204 });
  assertEquals(await readJson(response, watch()), undefined);
});

test("a JSON response that never ends is rejected", async () => {
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)),
  });
  await assertRejects(
    () => readJson(new Response(endless), watch()),
    ProtocolError,
    "longer than",
  );
});

test("a JSON response that is interrupted causes a ConnectionError", async () => {
  const cause = new Error("reset");
  const broken = new ReadableStream({
    pull: (controller) => controller.error(cause),
  });
  const error = await assertRejects(
    () => readJson(new Response(broken), watch()),
    ConnectionError,
    "Cannot do it: the connection was lost",
  );
  assertEquals(error.cause, cause);
});

test("JSON that keeps arriving byte by byte for too long causes a TimeoutError", async () => {
  const { now: original } = performance;
  let now = 0;
  let left = 0;
  const slow = (bytes: number) => {
    left = bytes;
    return new Response(
      new ReadableStream<Uint8Array>({
        pull(controller) {
          now += LONG_MS / 2;
          const text = left-- === bytes ? "{}" : " ";
          controller.enqueue(new TextEncoder().encode(text));
          if (left === 0) controller.close();
        },
      }, { highWaterMark: 0 }),
    );
  };
  performance.now = () => now;
  try {
    assertEquals(await readJson(slow(6), watch()), {});
    await assertRejects(
      () => readJson(slow(200), watch()),
      TimeoutError,
      "Cannot do it: the response did not end within",
    );
    assert(left > 100);
  } finally {
    performance.now = original;
  }
});

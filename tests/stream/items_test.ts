import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import fc from "fast-check";
import { ProtocolError } from "../../src/errors/mod.ts";
import { BodyReader, toStream, Watchdog } from "../../src/http/mod.ts";
import { readItems } from "../../src/stream/items.ts";
import { LineGuard } from "../../src/stream/line_guard.ts";
import { turn, until } from "../support/events.ts";
import { drain } from "../support/fetch.ts";
import { LONG_MS } from "../support/timeouts.ts";
import { assertProperty } from "../support/property.ts";
import { test } from "../support/test.ts";
import { toChunks } from "../support/transcripts.ts";

const encoder = new TextEncoder();

/** Reads the numbers in a body. Other values are bad lines. */
function numbers(
  stream: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): { stream: ReadableStream<number>; watchdog: Watchdog } {
  const watchdog = new Watchdog("count", { signal, idleTimeoutMs: LONG_MS });
  const body = new BodyReader(stream, watchdog);
  const guard = new LineGuard({ action: "count", maxLineBytes: 100 });
  const items = readItems(body, guard, {
    toItem: (value) => typeof value === "number" ? value : undefined,
    problem: "is not a number",
  });
  return { watchdog, stream: toStream(body, items) };
}

function bodyOf(text: string, chunkSize = text.length) {
  return toChunks(encoder.encode(text), Math.max(1, chunkSize));
}

test("every line that ends in LF or CRLF becomes an item at any chunk size", async () => {
  const lines = Array.from({ length: 300 }, (_, i) => i);
  for (const end of ["\n", "\r\n"]) {
    const text = lines.map((line) => `${line}${end}`).join("");
    for (const chunkSize of [1, 2, 3, 7, 64, text.length]) {
      const { stream } = numbers(bodyOf(text, chunkSize));
      assertEquals(await drain(stream), { items: lines });
    }
  }
});

test("blank lines are skipped at any chunk size", async () => {
  const text = "\n\n1\n\r\n\n \t\n2\n\r\r\n\n";
  for (let chunkSize = 1; chunkSize <= text.length; chunkSize++) {
    const { stream } = numbers(bodyOf(text, chunkSize));
    assertEquals((await drain(stream)).items, [1, 2]);
  }
});

test("a bad line is reported with its position after all items that precede it", async () => {
  for (const bad of ["{", "no JSON", '"no number"', "\ufeff3", "1 2"]) {
    const text = `1\n\n"é"\n`.replace('"é"', "20") + `${bad}\n4\n`;
    for (let chunkSize = 1; chunkSize <= text.length; chunkSize++) {
      const { stream } = numbers(bodyOf(text, chunkSize));
      const { items, error } = await drain(stream);
      assertEquals(items, [1, 20]);
      assertInstanceOf(error, ProtocolError);
      assertEquals(
        error.message,
        "Cannot count: line 4 at byte 6 is not a number",
      );
      assertEquals([error.line, error.byteOffset], [4, 6]);
      assertEquals(error.cause, undefined);
    }
  }
});

test("items that precede a failure are delivered even to a slow reader", async () => {
  const { stream } = numbers(bodyOf("1\n2\n3\nbad\n"));
  const reader = stream.getReader();
  assertEquals((await reader.read()).value, 1);
  for (let i = 0; i < 5; i++) await turn();
  assertEquals((await reader.read()).value, 2);
  assertEquals((await reader.read()).value, 3);
  const error = await reader.read().catch((error) => error);
  assertInstanceOf(error, ProtocolError);
});

test("pending reads receive the items in order, then the failure", async () => {
  const { stream } = numbers(bodyOf("1\n2\nbad\n"));
  const reader = stream.getReader();
  const reads = Array.from({ length: 4 }, () => reader.read());
  const results = await Promise.allSettled(reads);
  assertEquals(
    results.map((r) =>
      r.status === "fulfilled" ? r.value.value : r.reason.name
    ),
    [1, 2, "ProtocolError", "ProtocolError"],
  );
});

test("a request ends when its stream ends for any reason", async () => {
  const ended = numbers(bodyOf("1\n"));
  await drain(ended.stream);
  const failed = numbers(bodyOf("bad\n"));
  await drain(failed.stream);
  const left = numbers(bodyOf("1\n2\n", 2));
  for await (const _ of left.stream) break;
  for (const { watchdog } of [ended, failed, left]) {
    assert(watchdog.signal.aborted);
  }
});

test("leaving a loop over a stream cancels the stream's body", async () => {
  let canceled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(encoder.encode("1\n")),
    cancel: () => {
      canceled = true;
    },
  });
  for await (const _ of numbers(body).stream) break;
  assert(canceled);
});

test("canceling a stream during a pending read cancels the stream's body", async () => {
  let canceled = false;
  const body = new ReadableStream<Uint8Array>({
    cancel: () => {
      canceled = true;
    },
  });
  const reader = numbers(body).stream.getReader();
  const read = reader.read();
  await reader.cancel();
  assertEquals((await read).done, true);
  assert(canceled);
});

test("an abort discards queued items and rejects with the abort reason", async () => {
  const controller = new AbortController();
  const { stream } = numbers(bodyOf("1\n2\n3\n"), controller.signal);
  const reader = stream.getReader();
  assertEquals((await reader.read()).value, 1);
  const reason = { my: "reason" };
  controller.abort(reason);
  assertEquals(await reader.read().catch((error) => error), reason);
});

test("an abort cancels a stream's body even if fetch ignores signals", async () => {
  const controller = new AbortController();
  let canceled = false;
  const body = new ReadableStream<Uint8Array>({
    cancel: () => {
      canceled = true;
    },
  });
  const { stream } = numbers(body, controller.signal);
  const read = stream.getReader().read().catch((error) => error);
  controller.abort("enough");
  assertEquals(await read, "enough");
  await until(() => canceled, "the body is canceled");
});

test("an abort cancels a stream's body even under backpressure", async () => {
  const controller = new AbortController();
  let canceled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) =>
      controller.enqueue(encoder.encode("1\n".repeat(1000))),
    cancel: () => {
      canceled = true;
    },
  }, { highWaterMark: 0 });
  const reader = numbers(body, controller.signal).stream
    .getReader();
  await reader.read();
  await turn();
  controller.abort();
  await until(() => canceled, "the body is canceled");
});

test("an abort ends a stream with unread items even if the body has already ended", async () => {
  for (const text of ["1\n2\n3\n", "1\n2\n3", "1\n2\n3\nbad\n"]) {
    const controller = new AbortController();
    const { stream } = numbers(bodyOf(text), controller.signal);
    const reader = stream.getReader();
    assertEquals((await reader.read()).value, 1);
    await turn();
    controller.abort("enough");
    assertEquals(await reader.read().catch((error) => error), "enough");
  }
});

test("a consumer that does not read applies backpressure to the body", async () => {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(encoder.encode(`${sent++}\n`));
    },
  }, { highWaterMark: 0 });
  const reader = numbers(body).stream.getReader();
  await reader.read();
  for (let i = 0; i < 20; i++) await turn();
  assert(sent <= 3, `${sent} chunks were read for one item`);
  await reader.cancel();
});

test("numbers in a stream arrive unchanged at any chunk size", async () => {
  await assertProperty(
    fc.asyncProperty(
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
      fc.integer({ min: 1, max: 50 }),
      async (items, chunkSize) => {
        const text = items.map((item) => `${JSON.stringify(item)}\n`).join("");
        const { stream } = numbers(bodyOf(text, chunkSize));
        // JSON has no negative zero.
        const expected = items.map((item) => item === 0 ? 0 : item);
        assertEquals(await drain(stream), { items: expected });
      },
    ),
  );
});

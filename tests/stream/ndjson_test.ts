import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  ConnectionError,
  ndjson,
  type NdjsonOptions,
  ProtocolError,
  TimeoutError,
  TruncatedStreamError,
} from "../../mod.ts";
import { until } from "../support/events.ts";
import { drain } from "../support/fetch.ts";
import { assertProperty } from "../support/property.ts";
import { test } from "../support/test.ts";
import { toChunks } from "../support/transcripts.ts";

const encoder = new TextEncoder();

function bodyOf(text: string, chunkSize = Math.max(1, text.length)) {
  return toChunks(encoder.encode(text), chunkSize);
}

async function read(text: string, options: NdjsonOptions = {}) {
  return await drain(ndjson(new Response(bodyOf(text)), options));
}

/** Creates a body that sends a string and stays open. */
function openBody(text: string) {
  let isCanceled = false;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(text)),
    cancel: () => {
      isCanceled = true;
    },
  });
  return { stream, isCanceled: () => isCanceled };
}

test("ndjson delivers JSON values unchanged at any chunk size", async () => {
  await assertProperty(
    fc.asyncProperty(
      fc.array(fc.jsonValue()),
      fc.constantFrom("\n", "\r\n", "\n\n"),
      fc.boolean(),
      fc.integer({ min: 1, max: 50 }),
      async (values, end, hasLastEnd, chunkSize) => {
        const lines = values.map((value) => JSON.stringify(value));
        const text = lines.join(end) + (hasLastEnd ? end : "");
        const stream = ndjson(bodyOf(text, chunkSize));
        const expected = lines.map((line) => JSON.parse(line));
        assertEquals(await drain(stream), { items: expected });
      },
    ),
  );
});

test("ndjson delivers values that are not objects unchanged", async () => {
  const { items } = await read('null\n0\nfalse\n""\n[]\n');
  assertEquals(items, [null, 0, false, "", []]);
});

test("ndjson skips blank lines and a byte order mark", async () => {
  assertEquals(await read("\ufeff\n\r\n1\n\n2\n\n"), { items: [1, 2] });
  assertEquals(await read("\ufeff"), { items: [] });
  assertEquals(await read(""), { items: [] });
  assertEquals(await read("1\n \n2\n \t"), { items: [1, 2] });
});

test("ndjson reads a Response or a byte stream, with or without a body", async () => {
  for (const response of [new Response("1\n2"), bodyOf("1\n2")]) {
    assertEquals(await drain(ndjson<number>(response)), { items: [1, 2] });
  }
  assertEquals(await drain(ndjson(new Response(null))), { items: [] });
});

test("an incomplete last line causes a truncation error after all earlier values", async () => {
  for (const truncated of ['{"a', '{"a":1', '"', "tru", "["]) {
    const { items, error } = await read(`1\n\n${truncated}`);
    assertEquals(items, [1]);
    assertInstanceOf(error, TruncatedStreamError);
    assertEquals(
      error.message,
      "Cannot read the JSON lines: the body ended in the middle of line 3",
    );
    assertEquals([error.lines, error.bytes], [2, 3 + truncated.length]);
    assert(error.retryable);
  }
});

test("a last line that ends within a character causes a truncation error", async () => {
  const bytes = encoder.encode('1\n"é"');
  const { error } = await drain(ndjson(toChunks(bytes.slice(0, -2), 9)));
  assertInstanceOf(error, TruncatedStreamError);
});

test("a bad line is reported with its position after all values that precede it", async () => {
  const bad: [string, string][] = [
    ["{secret", "is not valid JSON"],
    ["secret".repeat(10), "is longer than 50 bytes"],
    ["1 2", "is not valid JSON"],
  ];
  for (const [line, problem] of bad) {
    const text = `1\n"é"\n${line}\n4\n`;
    const { items, error } = await read(text, { maxLineBytes: 50 });
    assertEquals(items, [1, "é"]);
    assertInstanceOf(error, ProtocolError);
    assertEquals(
      error.message,
      `Cannot read the JSON lines: line 3 at byte 7 ${problem}`,
    );
    assertEquals([error.line, error.byteOffset], [3, 7]);
  }
});

test("a line with invalid UTF-8 is a bad line", async () => {
  const bytes = Uint8Array.of(0x31, 10, 0x22, 0xff, 0x22, 10, 0x32, 10);
  const { items, error } = await drain(ndjson(toChunks(bytes, 3)));
  assertEquals(items, [1]);
  assertInstanceOf(error, ProtocolError);
});

test("bad lines are skipped and reported in order if onBadLine is given", async () => {
  const lines: (number | undefined)[] = [];
  const text = `{\n1\n${"x".repeat(60)}\n2\nnope\n3`;
  const { items, error } = await read(text, {
    maxLineBytes: 50,
    onBadLine: ({ line }) => lines.push(line),
  });
  assertEquals([items, error], [[1, 2, 3], undefined]);
  assertEquals(lines, [1, 3, 5]);
});

test("an incomplete last line is an error even if bad lines are skipped", async () => {
  const onBadLine = () => {};
  for (const rest of ["{", "x".repeat(60)]) {
    const options = { maxLineBytes: 50, onBadLine };
    const { items, error } = await read(`1\n${rest}`, options);
    assertEquals(items, [1]);
    assertInstanceOf(error, TruncatedStreamError);
  }
});

test("a connection error is reported after all values that precede it", async () => {
  const cause = new Error("reset by peer");
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent) return controller.error(cause);
      sent = true;
      controller.enqueue(encoder.encode("1\n2"));
    },
  }, { highWaterMark: 0 });
  const { items, error } = await drain(ndjson(body));
  assertEquals(items, [1]);
  assertInstanceOf(error, ConnectionError);
  assertEquals(error.cause, cause);
});

test("a stalled body of JSON lines causes a TimeoutError after all earlier values", async () => {
  const { stream, isCanceled } = openBody("1\n");
  const options = { idleTimeoutMs: 20 };
  const { items, error } = await drain(ndjson(stream, options));
  assertEquals(items, [1]);
  assertInstanceOf(error, TimeoutError);
  await until(isCanceled, "the body is canceled");
});

test("leaving a loop over JSON lines cancels the body", async () => {
  const { stream, isCanceled } = openBody("1\n2\n");
  for await (const _ of ndjson(stream)) break;
  assert(isCanceled());
});

test("an abort ends a stream of JSON lines with the signal's reason", async () => {
  const controller = new AbortController();
  const { stream, isCanceled } = openBody("1\n2\n");
  const { signal } = controller;
  const reader = ndjson(stream, { signal }).getReader();
  await reader.read();
  controller.abort("enough");
  assertEquals(await reader.read().catch((error) => error), "enough");
  await until(isCanceled, "the body is canceled");
});

test("ndjson throws the reason of an already aborted signal and cancels the body", async () => {
  const { stream, isCanceled } = openBody("1\n");
  const signal = AbortSignal.abort(new Error("too late"));
  assertThrows(() => ndjson(stream, { signal }), Error, "too late");
  await until(isCanceled, "the body is canceled");
});

test("ndjson throws a TypeError for a value that is not a body", () => {
  for (const value of [undefined, null, "1\n", 1, {}, { body: 1 }, []]) {
    assertThrows(
      () => ndjson(value as unknown as Response),
      TypeError,
      "Cannot read the JSON lines: there is no body",
    );
  }
});

test("ndjson throws a TypeError for a body that was already used", async () => {
  const message = "Cannot read the JSON lines: the body was already used";
  const used = new Response("1\n");
  await used.text();
  assertThrows(() => ndjson(used), TypeError, message);
  const locked = bodyOf("1\n");
  locked.getReader();
  assertThrows(() => ndjson(locked), TypeError, message);
});

test("reading JSON lines from a stream of strings causes a TypeError", async () => {
  const texts = new ReadableStream<string>({
    start: (controller) => controller.enqueue("1\n"),
  });
  const { error } = await drain(
    ndjson(texts as unknown as ReadableStream<Uint8Array>),
  );
  assertInstanceOf(error, TypeError);
  assertEquals(
    error.message,
    "Cannot read the JSON lines: the body must consist of bytes",
  );
});

test("an invalid option of ndjson causes a RangeError and leaves the body untouched", () => {
  const body = bodyOf("1\n");
  for (
    const options of [
      { maxLineBytes: 0 },
      { maxLineBytes: 1.5 },
      { idleTimeoutMs: 0 },
    ]
  ) {
    assertThrows(() => ndjson(body, options), RangeError);
  }
  assert(!body.locked);
});

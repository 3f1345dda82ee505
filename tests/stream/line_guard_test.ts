import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import fc from "fast-check";
import { ConnectionError, ProtocolError } from "../../src/errors/mod.ts";
import {
  LineGuard,
  type LineGuardOptions,
} from "../../src/stream/line_guard.ts";
import { Watchdog } from "../../src/http/watchdog.ts";
import { assertProperty } from "../support/property.ts";
import { LONG_MS } from "../support/timeouts.ts";
import { test } from "../support/test.ts";
import { toChunks } from "../support/transcripts.ts";

const encoder = new TextEncoder();

function bytesOf(...parts: (string | number[])[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    parts.flatMap((part) =>
      typeof part === "string" ? [...encoder.encode(part)] : part
    ),
  );
}

/** A body of chunks, and the error at its end if there is one. */
function bodyOf(chunks: Uint8Array[], error?: unknown) {
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk !== undefined) controller.enqueue(chunk);
      else if (error !== undefined) controller.error(error);
      else controller.close();
    },
  }, { highWaterMark: 0 });
}

/** Passes a body through a guard whose consumer keeps up. */
async function pass(
  input: Uint8Array[] | ReadableStream<Uint8Array>,
  { maxLineBytes = 100, ...told }: Partial<LineGuardOptions> = {},
) {
  const body = Array.isArray(input) ? bodyOf(input) : input;
  const watchdog = new Watchdog("read", { idleTimeoutMs: LONG_MS });
  const guard = new LineGuard(body, { watchdog, maxLineBytes, ...told });
  let text = "";
  for await (const block of guard.texts) {
    text += block;
    guard.index.consumed = guard.index.lines;
  }
  return { guard, text };
}

/** Cuts bytes at places. */
function cut(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const ends = [
    ...places.map((place) => place % (bytes.length + 1)),
    bytes.length,
  ]
    .sort((a, b) => a - b);
  return ends.map((end, i) => bytes.slice(ends[i - 1] ?? 0, end));
}

const lines = fc.array(
  fc.string({ unit: "binary" }).map((text) => text.replaceAll("\n", "")),
);
const places = fc.array(fc.nat());

test("whole lines pass as they are, wherever the bytes are cut", async () => {
  await assertProperty(
    fc.asyncProperty(lines, places, async (lines, places) => {
      const whole = lines.map((line) => `${line}\n`).join("");
      const bytes = encoder.encode(whole);
      const { guard, text } = await pass(cut(bytes, places), {
        maxLineBytes: 1000,
      });
      // A byte order mark is one at the begin of the body only.
      assertEquals(text, new TextDecoder("utf-8").decode(bytes));
      assertEquals(guard.index.lines, lines.length);
      assertEquals(guard.bytes, bytes.length);
      assertEquals(guard.fault, undefined);
      assert(!guard.endedInLine);
    }),
  );
});

test("lines shorter and longer than what is decoded at once pass as they are", async () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 40_000 }), {
    maxLength: 8,
  });
  await assertProperty(
    fc.asyncProperty(lengths, places, async (lengths, places) => {
      const whole = lengths.map((length, i) => `${"é".repeat(length)}${i}\n`)
        .join("");
      const bytes = encoder.encode(whole);
      const { guard, text } = await pass(cut(bytes, places), {
        maxLineBytes: 100_000,
      });
      assertEquals(text, whole);
      assertEquals(guard.index.lines, lengths.length);
      assertEquals(guard.bytes, bytes.length);
    }),
    { numRuns: 50 },
  );
});

test("a half line at the end does not pass, wherever the body ends", async () => {
  await assertProperty(
    fc.asyncProperty(lines, fc.nat(), places, async (lines, end, places) => {
      const all = encoder.encode(lines.map((line) => `${line}\n`).join(""));
      const bytes = all.slice(0, end % (all.length + 1));
      const { guard, text } = await pass(cut(bytes, places), {
        maxLineBytes: 1000,
      });
      const whole = bytes.lastIndexOf(10) + 1;
      assertEquals(text, new TextDecoder().decode(bytes.slice(0, whole)));
      assertEquals(guard.endedInLine, whole < bytes.length);
    }),
  );
});

test("lines before a line that is too long pass, and the place of that line is told", async () => {
  const bytes = bytesOf("é\n", "b\n", "x".repeat(11), "\n", "c\n");
  await assertProperty(
    fc.asyncProperty(places, async (places) => {
      const { guard, text } = await pass(cut(bytes, places), {
        maxLineBytes: 10,
      });
      assertEquals(text, "é\nb\n");
      assertInstanceOf(guard.fault, ProtocolError);
      assertEquals(guard.fault.line, 3);
      assertEquals(guard.fault.byteOffset, 5);
      assertEquals(
        guard.fault.message,
        "Cannot read: line 3 at byte 5 is longer than 10 bytes",
      );
    }),
  );
});

test("a line of exactly the longest length passes, wherever it is cut", async () => {
  const bytes = bytesOf("x".repeat(10), "\n");
  for (let place = 0; place < bytes.length; place++) {
    const { guard, text } = await pass(cut(bytes, [place]), {
      maxLineBytes: 10,
    });
    assertEquals(text.length, 11);
    assertEquals(guard.fault, undefined);
  }
});

test("a line without an end stops as soon as it is too long", async () => {
  const endless = Array.from({ length: 100 }, () => bytesOf("xxxx"));
  const { guard } = await pass(endless, { maxLineBytes: 10 });
  assertEquals(guard.bytes, 12);
  assertInstanceOf(guard.fault, ProtocolError);
});

test("a long line that drips in byte by byte is whole at its end", async () => {
  const bytes = bytesOf("x".repeat(100_000), "\n");
  const { guard, text } = await pass(toChunks(bytes, 1), {
    maxLineBytes: 100_000,
  });
  assertEquals([text.length, guard.fault], [bytes.length, undefined]);
});

test("lines before one that is no UTF-8 pass, and the place of that line is told", async () => {
  const bad: number[][] = [[0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [
    0xc0,
    0x80,
  ]];
  for (const sequence of bad) {
    const bytes = bytesOf("ä\n", "�\n", "secret", sequence, "x\n", "c\n");
    await assertProperty(
      fc.asyncProperty(places, async (places) => {
        const { guard, text } = await pass(cut(bytes, places));
        assertEquals(text, "ä\n�\n");
        assertInstanceOf(guard.fault, ProtocolError);
        assertEquals(
          guard.fault.message,
          "Cannot read: line 3 at byte 7 is not valid UTF-8",
        );
      }),
      { numRuns: 20 },
    );
  }
});

test("told of bad lines, a guard lets them pass as empty ones, and goes on", async () => {
  const bytes = bytesOf(
    "a\n",
    "x".repeat(11),
    "\n",
    "b\n",
    [0xff],
    "\n",
    "x".repeat(25),
    "\n",
    "c\n",
  );
  await assertProperty(
    fc.asyncProperty(places, async (places) => {
      const problems: string[] = [];
      const onBadLine = ({ message }: Error) => problems.push(message);
      const body = bodyOf(cut(bytes, places));
      const { guard, text } = await pass(body, { maxLineBytes: 10, onBadLine });
      assertEquals(text, "a\n\nb\n\n\nc\n");
      assertEquals(problems, [
        "Cannot read: line 2 at byte 2 is longer than 10 bytes",
        "Cannot read: line 4 at byte 16 is not valid UTF-8",
        "Cannot read: line 5 at byte 18 is longer than 10 bytes",
      ]);
      assertEquals([guard.fault, guard.endedInLine], [undefined, false]);
      assertEquals([guard.index.lines, guard.index.bytes], [6, bytes.length]);
    }),
  );
});

test("a dropped line that never ends is a line that the body ended in", async () => {
  const chunks = [bytesOf("a\n", "x".repeat(11)), bytesOf("xx")];
  const { guard, text } = await pass(bodyOf(chunks), {
    maxLineBytes: 10,
    onBadLine: () => {},
  });
  assertEquals([text, guard.endedInLine], ["a\n", true]);
});

test("each count of bytes that arrives is told", async () => {
  const counts: number[] = [];
  const onBytes = (bytes: number) => counts.push(bytes);
  await pass(bodyOf([bytesOf("a\nb"), bytesOf("c\n")]), { onBytes });
  assertEquals(counts, [3, 2]);
});

test("a byte order mark at the begin of the body is dropped", async () => {
  const { text } = await pass([bytesOf("\ufeffa\n\ufeffb\n")]);
  assertEquals(text, "a\n\ufeffb\n");
});

test("lines before a broken connection pass, and the failure waits", async () => {
  const cause = new Error("reset");
  const { guard, text } = await pass(bodyOf([bytesOf("a\nb\nc")], cause));
  assertEquals(text, "a\nb\n");
  assertInstanceOf(guard.fault, ConnectionError);
  assertEquals(guard.fault.cause, cause);
  assert(guard.endedInLine);
});

test("the body is read as the texts are, not ahead of them", async () => {
  let pulls = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulls++;
      controller.enqueue(bytesOf("a\n"));
    },
  }, { highWaterMark: 0 });
  const watchdog = new Watchdog("read", { idleTimeoutMs: LONG_MS });
  const guard = new LineGuard(body, { watchdog, maxLineBytes: 100 });
  const reader = guard.texts.getReader();
  assertEquals(pulls, 0);
  await reader.read();
  assertEquals(pulls, 1);
  await reader.cancel();
});

test("cancelling the texts ends the request and cancels the body", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    cancel: () => {
      cancelled = true;
    },
  });
  const watchdog = new Watchdog("read", { idleTimeoutMs: LONG_MS });
  const guard = new LineGuard(body, { watchdog, maxLineBytes: 100 });
  const reader = guard.texts.getReader();
  const read = reader.read();
  await reader.cancel();
  assert(cancelled);
  assert(watchdog.signal.aborted);
  assertEquals((await read).done, true);
});

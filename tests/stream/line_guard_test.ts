import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import fc from "fast-check";
import { ProtocolError } from "../../src/errors/mod.ts";
import {
  LineGuard,
  type LineGuardOptions,
} from "../../src/stream/line_guard.ts";
import { assertProperty } from "../support/property.ts";
import { test } from "../support/test.ts";

const encoder = new TextEncoder();

function bytesOf(...parts: (string | number[])[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    parts.flatMap((part) =>
      typeof part === "string" ? [...encoder.encode(part)] : part
    ),
  );
}

/**
 * Passes chunks through a guard. Returns the text of the lines that pass, and
 * the error thrown by the guard, if any.
 */
function pass(
  chunks: Iterable<Uint8Array>,
  options: Partial<LineGuardOptions> = {},
) {
  const guard = new LineGuard({
    action: "read",
    maxLineBytes: 100,
    ...options,
  });
  let text = "";
  let error: unknown;
  try {
    for (const chunk of chunks) {
      for (const lines of guard.accept(chunk)) text += lines.text;
    }
  } catch (thrown) {
    error = thrown;
  }
  return { guard, text, error };
}

/** Splits bytes at the given positions. */
function splitAt(bytes: Uint8Array, positions: number[]): Uint8Array[] {
  const ends = [
    ...positions.map((position) => position % (bytes.length + 1)),
    bytes.length,
  ]
    .sort((a, b) => a - b);
  return ends.map((end, i) => bytes.slice(ends[i - 1] ?? 0, end));
}

const lines = fc.array(
  fc.string({ unit: "binary" }).map((text) => text.replaceAll("\n", "")),
);
const positions = fc.array(fc.nat());

test("complete lines pass the line guard unchanged at any chunk boundaries", () => {
  assertProperty(
    fc.property(lines, positions, (lines, positions) => {
      const whole = lines.map((line) => `${line}\n`).join("");
      const bytes = encoder.encode(whole);
      const chunks = splitAt(bytes, positions);
      const { guard, text, error } = pass(chunks, { maxLineBytes: 1000 });
      assertEquals(error, undefined);
      // A byte order mark is only recognized at the start of the body.
      assertEquals(text, new TextDecoder("utf-8").decode(bytes));
      assertEquals(guard.lines, lines.length);
      assertEquals(guard.bytes, bytes.length);
      assert(!guard.isInLine);
    }),
  );
});

test("lines that are decoded in several pieces pass the line guard unchanged", () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 40_000 }), {
    maxLength: 8,
  });
  assertProperty(
    fc.property(lengths, positions, (lengths, positions) => {
      const whole = lengths.map((length, i) => `${"é".repeat(length)}${i}\n`)
        .join("");
      const bytes = encoder.encode(whole);
      const chunks = splitAt(bytes, positions);
      const { guard, text } = pass(chunks, { maxLineBytes: 100_000 });
      assertEquals(text, whole);
      assertEquals(guard.lines, lengths.length);
      assertEquals(guard.bytes, bytes.length);
    }),
    { numRuns: 50 },
  );
});

test("lines that are passed on together carry their first and last line number", () => {
  assertProperty(
    fc.property(lines, positions, (lines, positions) => {
      const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(""));
      const guard = new LineGuard({ action: "read", maxLineBytes: 1000 });
      let next = 1;
      for (const chunk of splitAt(bytes, positions)) {
        for (const { text, first, last } of guard.accept(chunk)) {
          assertEquals(first, next);
          next += text.split("\n").length - 1;
          assertEquals(last, next - 1);
        }
      }
      assertEquals(next, lines.length + 1);
    }),
  );
});

test("the line guard knows the byte offset of every line", () => {
  assertProperty(
    fc.property(lines, positions, (lines, positions) => {
      const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(""));
      const offsets: (number | undefined)[] = [];
      const guard = new LineGuard({
        action: "read",
        maxLineBytes: 1000,
        onBadLine: ({ byteOffset }) => offsets.push(byteOffset),
      });
      for (const chunk of splitAt(bytes, positions)) {
        for (const { first, last } of guard.accept(chunk)) {
          for (let line = first; line <= last; line++) {
            guard.reject("is bad", line);
          }
        }
      }
      let offset = 0;
      const expected = lines.map((line) => {
        const start = offset;
        offset += encoder.encode(line).length + 1;
        return start;
      });
      assertEquals(offsets, expected);
    }),
  );
});

test("the line guard does not pass on an incomplete last line", () => {
  assertProperty(
    fc.property(lines, fc.nat(), positions, (lines, end, positions) => {
      const all = encoder.encode(lines.map((line) => `${line}\n`).join(""));
      const bytes = all.slice(0, end % (all.length + 1));
      const chunks = splitAt(bytes, positions);
      const { guard, text } = pass(chunks, { maxLineBytes: 1000 });
      const whole = bytes.lastIndexOf(10) + 1;
      assertEquals(text, new TextDecoder().decode(bytes.slice(0, whole)));
      assertEquals(guard.isInLine, whole < bytes.length);
    }),
  );
});

test("an incomplete last line is available as the rest unless it is bad or skipped", () => {
  const onBadLine = () => {};
  const restOf = (...parts: (string | number[])[]) =>
    pass([bytesOf(...parts)], { maxLineBytes: 10, onBadLine }).guard.rest;
  assertEquals(restOf("a\n", "bé"), "bé");
  assertEquals(restOf("\ufeffb"), "b");
  assertEquals(restOf("a\n"), "");
  assertEquals(restOf("a\n", [0xff]), undefined);
  assertEquals(restOf("a\n", "x".repeat(11)), undefined);
});

test("lines before an overlong line pass, and the overlong line is reported", () => {
  const bytes = bytesOf("é\n", "b\n", "x".repeat(11), "\n", "c\n");
  assertProperty(
    fc.property(positions, (positions) => {
      const { text, error } = pass(splitAt(bytes, positions), {
        maxLineBytes: 10,
      });
      assertEquals(text, "é\nb\n");
      assertInstanceOf(error, ProtocolError);
      assertEquals([error.line, error.byteOffset], [3, 5]);
      assertEquals(
        error.message,
        "Cannot read: line 3 at byte 5 is longer than 10 bytes",
      );
    }),
  );
});

test("a line of exactly the maximum length passes at any chunk boundary", () => {
  const bytes = bytesOf("x".repeat(10), "\n");
  for (let position = 0; position < bytes.length; position++) {
    const { text, error } = pass(splitAt(bytes, [position]), {
      maxLineBytes: 10,
    });
    assertEquals([text.length, error], [11, undefined]);
  }
});

test("an unterminated line is rejected as soon as it is too long", () => {
  const endless = Array.from({ length: 100 }, () => bytesOf("xxxx"));
  const { guard, error } = pass(endless, { maxLineBytes: 10 });
  assertEquals(guard.bytes, 12);
  assertInstanceOf(error, ProtocolError);
});

test("a long line that arrives byte by byte passes unchanged", () => {
  const bytes = bytesOf("x".repeat(100_000), "\n");
  const chunks = Array.from(bytes, (byte) => Uint8Array.of(byte));
  const { text, error } = pass(chunks, { maxLineBytes: 100_000 });
  assertEquals([text.length, error], [bytes.length, undefined]);
});

test("lines before invalid UTF-8 pass, and the position of the bad line is reported", () => {
  const bad: number[][] = [
    [0xff],
    [0xc3],
    [0xe2, 0x82],
    [0xed, 0xa0, 0x80],
    [0xc0, 0x80],
  ];
  for (const sequence of bad) {
    const bytes = bytesOf("ä\n", "�\n", "secret", sequence, "x\n", "c\n");
    assertProperty(
      fc.property(positions, (positions) => {
        const { text, error } = pass(splitAt(bytes, positions));
        assertEquals(text, "ä\n�\n");
        assertInstanceOf(error, ProtocolError);
        assertEquals(
          error.message,
          "Cannot read: line 3 at byte 7 is not valid UTF-8",
        );
      }),
      { numRuns: 20 },
    );
  }
});

test("bad lines are skipped and reported if onBadLine is given", () => {
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
  assertProperty(
    fc.property(positions, (positions) => {
      const problems: string[] = [];
      const onBadLine = ({ message }: Error) => problems.push(message);
      const options = { maxLineBytes: 10, onBadLine };
      const { guard, text, error } = pass(splitAt(bytes, positions), options);
      assertEquals([text, error], ["a\nb\nc\n", undefined]);
      assertEquals(problems, [
        "Cannot read: line 2 at byte 2 is longer than 10 bytes",
        "Cannot read: line 4 at byte 16 is not valid UTF-8",
        "Cannot read: line 5 at byte 18 is longer than 10 bytes",
      ]);
      assertEquals([guard.lines, guard.bytes], [6, bytes.length]);
      assert(!guard.isInLine);
    }),
  );
});

test("a skipped line that never ends counts as an incomplete last line", () => {
  const chunks = [bytesOf("a\n", "x".repeat(11)), bytesOf("xx")];
  const onBadLine = () => {};
  const { guard, text } = pass(chunks, { maxLineBytes: 10, onBadLine });
  assertEquals([text, guard.isInLine], ["a\n", true]);
});

test("a byte order mark at the start of the body is removed", () => {
  const { text } = pass([bytesOf("\ufeffa\n\ufeffb\n"), bytesOf("\ufeffc\n")]);
  assertEquals(text, "a\n\ufeffb\n\ufeffc\n");
});

test("a truncation error says where the body ended and how much arrived", () => {
  const whole = pass([bytesOf("a\nb\n")]).guard.truncated("after line 2");
  assertEquals(whole.message, "Cannot read: the body ended after line 2");
  assertEquals([whole.lines, whole.bytes], [2, 4]);
  const half = pass([bytesOf("a\nb")]).guard.truncated("after line 1");
  assertEquals(
    half.message,
    "Cannot read: the body ended in the middle of line 2",
  );
  assertEquals([half.lines, half.bytes], [1, 3]);
});

test("a long line's buffer is copied only a few times", () => {
  const line = encoder.encode("x".repeat(1000));
  const guard = new LineGuard({ action: "read" });
  const bytes = allocatedBytes(() => {
    for (let i = 0; i < 1000; i++) [...guard.accept(line)];
  });
  assert(guard.isInLine);
  assert(bytes < 10 * guard.bytes, `${bytes} bytes were allocated`);
});

/** Returns the number of bytes in the arrays allocated by a function. */
function allocatedBytes(work: () => void): number {
  const { Uint8Array } = globalThis;
  let bytes = 0;
  globalThis.Uint8Array = new Proxy(Uint8Array, {
    construct(target, args, newTarget) {
      if (typeof args[0] === "number") bytes += args[0];
      return Reflect.construct(target, args, newTarget);
    },
  });
  try {
    work();
  } finally {
    globalThis.Uint8Array = Uint8Array;
  }
  return bytes;
}

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { BodyReader, toStream, Watchdog } from "../../src/http/mod.ts";
import { toChunkReader } from "../../src/stream/chunk_reader.ts";
import { readItems } from "../../src/stream/items.ts";
import { LineGuard } from "../../src/stream/line_guard.ts";
import { drain } from "../support/fetch.ts";
import { assertProperty } from "../support/property.ts";
import { LONG_MS } from "../support/timeouts.ts";
import { test } from "../support/test.ts";

const encoder = new TextEncoder();

/** Enough small chunks that most of them are joined. */
const MANY = 1_000;

/** How a stream ends after its chunks. */
type End = "close" | "stay open" | Error;

/** Sends chunks on demand, through a byte stream or an ordinary stream. */
function streamOf(
  chunks: readonly Uint8Array[],
  { isBytes, end = "close" }: { isBytes: boolean; end?: End },
): ReadableStream<Uint8Array> {
  let at = 0;
  function pull(
    controller: ReadableByteStreamController | ReadableStreamDefaultController,
  ) {
    const chunk = chunks[at++];
    // A byte stream detaches its chunks' buffers.
    if (chunk !== undefined) return controller.enqueue(chunk.slice());
    if (end instanceof Error) return controller.error(end);
    if (end === "stay open") return new Promise<void>(() => {});
    controller.close();
    if ("byobRequest" in controller) controller.byobRequest?.respond(0);
  }
  return isBytes
    ? new ReadableStream({ type: "bytes", pull })
    : new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
}

function numberedChunks(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => encoder.encode(`${i}\n`));
}

/** Reads to the end, and copies each chunk before the next read. */
async function readAll(stream: ReadableStream<Uint8Array>) {
  const reader = toChunkReader(stream)!;
  const texts: string[] = [];
  let error: unknown;
  try {
    for (let result; !(result = await reader.read()).done;) {
      texts.push(new TextDecoder().decode(result.value));
    }
  } catch (thrown) {
    error = thrown;
  }
  return { texts, error };
}

const KINDS = [{ isBytes: true }, { isBytes: false }];

test("many small chunks are joined without losing a byte", async () => {
  const chunks = numberedChunks(20 * MANY);
  const expected = Array.from(chunks, (_, i) => `${i}\n`).join("");
  for (const kind of KINDS) {
    const { texts, error } = await readAll(streamOf(chunks, kind));
    assertEquals([texts.join(""), error], [expected, undefined]);
    assert(texts.length < chunks.length / 10, `${texts.length} reads`);
  }
});

test("a few small chunks are passed on without being joined", async () => {
  for (const kind of KINDS) {
    const chunks = numberedChunks(50);
    const { texts } = await readAll(streamOf(chunks, kind));
    assertEquals(texts, Array.from(chunks, (_, i) => `${i}\n`));
  }
});

test("joined chunks are delivered before the stream's error", async () => {
  const end = new Error("reset by peer");
  for (const kind of KINDS) {
    const chunks = numberedChunks(MANY);
    const { texts, error } = await readAll(streamOf(chunks, { ...kind, end }));
    assertEquals(texts.join("").split("\n").length, MANY + 1);
    assertStrictEquals(error, end);
  }
});

test("joined chunks are delivered while the stream stays open", async () => {
  for (const kind of KINDS) {
    const chunks = numberedChunks(MANY);
    const end = "stay open";
    const reader = toChunkReader(streamOf(chunks, { ...kind, end }))!;
    let lines = 0;
    while (lines < MANY) {
      const { value } = await reader.read();
      lines += new TextDecoder().decode(value).split("\n").length - 1;
    }
    assertEquals(lines, MANY);
    const read = reader.read().catch(() => ({ done: true }));
    await reader.cancel();
    assertEquals((await read).done, true);
  }
});

test("a large chunk among small ones is passed on in order", async () => {
  const large = encoder.encode(`${"x".repeat(50_000)}\n`);
  const small = numberedChunks(MANY);
  const chunks = [...small, large, ...small, large];
  const expected = chunks.map((chunk) => new TextDecoder().decode(chunk));
  for (const kind of KINDS) {
    const { texts } = await readAll(streamOf(chunks, kind));
    assertEquals(texts.join(""), expected.join(""));
  }
});

test("a chunk is never overwritten if its source may reuse it", async () => {
  const chunk = encoder.encode("1\n");
  const kept = chunk.slice();
  let sent = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent++ < MANY) controller.enqueue(chunk);
      else controller.close();
    },
  });
  const { texts } = await readAll(stream);
  assertEquals(texts.join(""), "1\n".repeat(MANY));
  assertEquals(chunk, kept);
});

test("items and bad-line positions are correct even though buffers are reused", async () => {
  const line = fc.string({ unit: "binary", maxLength: 200 });
  await assertProperty(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(),
      async (values, size, position) => {
        const lines = values.map((value) => `${JSON.stringify(value)}\n`);
        const bad = position % lines.length;
        const before = lines.slice(0, bad).join("");
        const bytes = encoder.encode(
          `${before}{bad\n${lines.slice(bad).join("")}`,
        );
        const chunks: Uint8Array[] = [];
        for (let i = 0; i < bytes.length; i += size) {
          chunks.push(bytes.subarray(i, i + size));
        }
        for (const kind of KINDS) {
          const places: unknown[] = [];
          const watchdog = new Watchdog("read", { idleTimeoutMs: LONG_MS });
          const body = new BodyReader(
            toChunkReader(streamOf(chunks, kind)),
            watchdog,
          );
          const guard = new LineGuard({
            action: "read",
            onBadLine: ({ line, byteOffset }) => places.push(line, byteOffset),
          });
          const items = readItems(body, guard, {
            toItem: (value) => typeof value === "string" ? value : undefined,
            problem: "is not a string",
          });
          const result = await drain(toStream(body, items));
          assertEquals(result, { items: values });
          assertEquals(places, [bad + 1, encoder.encode(before).length]);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test("a byte stream's many small chunks are read into one buffer of 64 KiB", async () => {
  const sizes = new Set<number>();
  let sent = 0;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const view = controller.byobRequest?.view;
      if (sent++ === MANY) {
        controller.close();
        controller.byobRequest?.respond(0);
      } else if (view === null || view === undefined) {
        controller.enqueue(encoder.encode("a"));
      } else {
        sizes.add(view.byteLength);
        new Uint8Array(view.buffer, view.byteOffset, 1)[0] = 97;
        controller.byobRequest!.respond(1);
      }
    },
  });
  const { texts } = await readAll(stream);
  assertEquals(texts.join(""), "a".repeat(MANY));
  // Until then, workerd's default reader allocates 4 KiB for each chunk (2026-11).
  assertEquals([...sizes].at(-1), 65_536);
});

test("a byte stream's large chunks are read without a buffer", async () => {
  let sent = 0;
  let isByob = false;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      isByob ||= (controller.byobRequest ?? null) !== null;
      if (sent++ < MANY) controller.enqueue(new Uint8Array(20_000));
      else controller.close();
    },
  });
  const { texts } = await readAll(stream);
  assertEquals(texts.length, MANY);
  assert(!isByob);
}, { not: { workerd: "its default reader always allocates a buffer" } });

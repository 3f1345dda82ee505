/** Memory use does not grow with the library. */
import { assert, assertEquals } from "@std/assert";
import { sync, type SyncEvent } from "../../mod.ts";
import { turn } from "../support/events.ts";
import { answeringLines, SESSION } from "../support/fetch.ts";
import { assets, COMPLETE } from "../support/script.ts";
import { test } from "../support/test.ts";

/**
 * Maximum difference between the peaks, in MB. The measured difference was 12
 * to 20 MB (Deno 2.9.6, x86_64 Linux, 2 cores, idle and busy). Without a limit
 * on the read-ahead, the difference is 117 MB. If every ack is kept, the
 * difference is 79 MB.
 */
const MOST_MB = 50;

/** The number of events after which the stream repeats. */
const PERIOD = 10_000;

const LAST = '{"type":"SyncCompleteV1","data":{},"ack":"SyncCompleteV1|9"}\n';

function generatePeriod(): Uint8Array<ArrayBuffer> {
  const lines = Array.from({ length: PERIOD }, (_, i) => {
    const id = String(i).padStart(8, "0");
    return `{"type":"UserDeleteV1","data":{"userId":"${id}"},"ack":"UserDeleteV1|${id}"}\n`;
  });
  return new TextEncoder().encode(lines.join(""));
}

const PERIOD_BYTES = generatePeriod();

/**
 * Generates a body while it is being read. The number of events must be a
 * multiple of the period.
 */
function generateBody(events: number): ReadableStream<Uint8Array> {
  let periods = events / PERIOD;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (periods-- > 0) return controller.enqueue(PERIOD_BYTES);
      controller.enqueue(new TextEncoder().encode(LAST));
      controller.close();
    },
  }, { highWaterMark: 0 });
}

interface Measured {
  stored: number;
  streams: number;
  peak: number;
}

/**
 * Syncs the given number of events over a socket, in a separate process that
 * does nothing else.
 */
async function measure(events: number): Promise<Measured> {
  const bodies = [generateBody(events)];
  const server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
    },
    (request) =>
      request.url.endsWith("/stream")
        ? new Response(bodies.pop() ?? LAST, {
          headers: { "content-type": "application/jsonlines+json" },
        })
        : new Response(null, { status: 204 }),
  );
  try {
    const script = new URL("../support/slow_sync.ts", import.meta.url).pathname;
    const { stdout, success } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        // V8's young generation grows over time, regardless of how much of it
        // is in use.
        "--v8-flags=--max-semi-space-size=4",
        "--no-check",
        script,
        `http://127.0.0.1:${server.addr.port}`,
      ],
      stderr: "inherit",
    }).output();
    assert(success);
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await server.shutdown();
  }
}

test("a million events need no more memory than 100,000, even if storing is slow", async () => {
  const few = await measure(100_000);
  const many = await measure(1_000_000);
  assertEquals([few.stored, many.stored], [100_000, 1_000_000]);
  // After this many rows, another stream is read, which must be quiet.
  assertEquals([few.streams, many.streams], [2, 2]);
  const difference = (many.peak - few.peak) / 1e6;
  assert(difference < MOST_MB, `The peaks differ by ${difference} MB`);
});

test("a run holds at most the batch in progress, the queue and one more event", async () => {
  const [batchSize, events] = [10, 1_000];
  let read = 0;
  let stored = 0;
  let most = 0;
  const toStream = () =>
    new ReadableStream<SyncEvent>({
      pull(controller) {
        if (read < events) controller.enqueue(assets(++read)[0]!);
        else controller.enqueue(COMPLETE);
      },
    }, { highWaterMark: 0 });
  await sync(SESSION, ["AssetsV2"], {
    async process(batch) {
      // This lets the stream be read as far ahead as possible.
      for (let turns = 0; turns < 3; turns++) await turn();
      most = Math.max(most, read - stored);
      stored += batch.events.length;
    },
    reset() {},
  }, {
    source: {
      syncStream: () => Promise.resolve(toStream()),
      syncAck: () => Promise.resolve(),
    },
    batchSize,
  });
  assertEquals(stored, events);
  assertEquals(most, 3 * batchSize + 1);
});

test("6: a batch holds at most a few megabytes even if its rows are large", async () => {
  const name = "x".repeat(1_000_000);
  const lines = Array.from(
    { length: 20 },
    (_, i) =>
      `{"type":"UserV1","data":{"id":"${i}","name":"${name}"},"ack":"UserV1|${i}"}\n`,
  );
  // This is a single chunk, larger than any socket would deliver.
  const fetch = answeringLines(lines.join("") + LAST);
  const sizes: number[] = [];
  await sync(SESSION, ["UsersV1"], {
    process: ({ events }) => void sizes.push(events.length),
    reset() {},
  }, {
    serverVersion: false,
    fetch: (url, init) =>
      url.endsWith("/stream")
        ? fetch(url, init)
        : Promise.resolve(new Response(null, { status: 204 })),
  });
  assertEquals(sizes.reduce((sum, size) => sum + size), 20);
  assert(Math.max(...sizes) <= 5, `${sizes}`);
});

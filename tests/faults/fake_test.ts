/**
 * Syncs with the fake server over sockets, with and without compression. The
 * copy is complete after any fault.
 */
import { assert, assertEquals } from "@std/assert";
import {
  type Session,
  type SyncOptions,
  type SyncResult,
  syncStream,
} from "../../mod.ts";
import { syncWith } from "../../src/sync/mod.ts";
import { FakeImmich, type Fault } from "../../src/testing/mod.ts";
import { Clock } from "../support/clock.ts";
import { testEnv } from "../support/env.ts";
import { turn, until } from "../support/events.ts";
import { drain } from "../support/fetch.ts";
import { LONG_MS, timed } from "../support/timeouts.ts";
import {
  type Handler,
  serveEach,
  serveKept,
} from "../support/socket_handler.ts";
import { test } from "../support/test.ts";
import { codeOf } from "./run.ts";

const TYPES = ["AssetsV2"] as const;
const ASSETS = 400;
const SERVERS = {
  "with keep-alive": serveKept,
  "without keep-alive": serveEach,
};
type Serve = typeof serveKept;

/** A server with a library, and a copy of the library. */
class Copy {
  readonly fake = new FakeImmich({ compression: true });
  /** Whether a fault stalls a stream. */
  readonly stalls: boolean;
  readonly names = new Map<string, string>();
  /** Whether a stream was compressed. */
  isCompressed = false;
  /** Acks that arrived before the acknowledged rows were stored. */
  readonly early: string[] = [];
  /** Number of ack requests. */
  ackRequests = 0;
  /** Number of bytes sent in the stalled stream so far. */
  sent = 0;
  readonly #session = this.fake.createSession();
  readonly #stored = new Set<string>();

  constructor(faults: Fault[] = []) {
    this.stalls = faults.some(({ type }) => type === "stall");
    for (let i = 0; i < ASSETS; i++) {
      this.fake.library.addAsset({ originalFileName: `${i}.jpg` });
    }
    for (const fault of faults) this.fake.inject(fault);
  }

  /**
   * Responds like the fake. Records the ack requests, and whether a stream was
   * compressed.
   */
  readonly handler: Handler = async (request) => {
    const { url, method, headers } = request;
    const body = await request.text();
    if (method === "POST" && new URL(url).pathname === "/api/sync/ack") {
      this.ackRequests++;
      const { acks } = JSON.parse(body);
      this.early.push(...acks.filter((ack: string) => !this.#isStored(ack)));
    }
    const isStalled = this.stalls && this.fake.pendingFaults > 0 &&
      url.endsWith("/sync/stream");
    const sent = body === "" ? {} : { body };
    const response = await this.fake.handler(
      new Request(url, { method, headers, ...sent }),
    );
    this.isCompressed ||= response.headers.get("content-encoding") === "gzip";
    return isStalled ? this.#count(response) : response;
  };

  session(baseUrl: string): Session {
    return { ...this.#session, baseUrl };
  }

  /** Syncs until the copy is complete. */
  async sync(baseUrl: string, options: SyncOptions): Promise<SyncResult> {
    return await syncWith(this.session(baseUrl), TYPES, {
      process: async ({ type, events }) => {
        await turn();
        for (const { data } of type === "AssetV2" ? events : []) {
          this.names.set(data.id, data.originalFileName);
        }
        for (const { ack } of events) this.#stored.add(ack);
      },
      reset: () => this.names.clear(),
    }, {
      idleTimeoutMs: LONG_MS,
      batchSize: 50,
      ack: { every: 50 },
      ...options,
    }, testEnv());
  }

  /**
   * Asserts that the copy matches the library, that no ack was early, and that
   * no stream is open and no fault is pending.
   */
  assertComplete(): void {
    const { assets } = this.fake.snapshot();
    assertEquals([...this.names.keys()].sort(), [...assets!.keys()].sort());
    assertEquals(this.early, []);
    assertEquals(this.fake.openStreams, 0);
    assertEquals(this.fake.pendingFaults, 0);
  }

  /** Counts the bytes in a body. */
  #count({ body, status, headers }: Response): Response {
    const counter = new TransformStream<Uint8Array<ArrayBuffer>>({
      transform: (bytes, controller) => {
        this.sent += bytes.length;
        controller.enqueue(bytes);
      },
    });
    return new Response(body?.pipeThrough(counter), { status, headers });
  }

  #isStored(ack: string): boolean {
    const complete = ack.startsWith("SyncCompleteV1|");
    return complete ? this.#stored.size >= ASSETS : this.#stored.has(ack);
  }
}

/** Syncs with faults, and checks the result. */
async function assertSurvives(
  serve: Serve,
  faults: Fault[],
  options: SyncOptions = {},
  /** Lets time pass during the run. */
  passTime: (
    running: Promise<SyncResult>,
    clock: Clock,
    copy: Copy,
  ) => Promise<void> = async () => {},
): Promise<{ copy: Copy; result: SyncResult }> {
  using clock = new Clock();
  const copy = new Copy(faults);
  let result: SyncResult;
  {
    await using server = await serve(copy.handler);
    const running = copy.sync(server.baseUrl, options);
    await passTime(running, clock, copy);
    result = await running;
    assert(result.complete);
    // The server has only the terminator left to send.
    const session = copy.session(server.baseUrl);
    const { items } = await drain(await syncStream(session, TYPES));
    assertEquals(items.length, 1);
  }
  copy.assertComplete();
  return { copy, result };
}

/**
 * Offsets in the gzip header, in the first block, in the middle and near the
 * end.
 */
const OFFSETS = [5, 12, 1_000, 7_000, 13_000];

/**
 * If no bytes arrive for this number of event loop turns, no more are expected.
 */
const QUIET_TURNS = 30;

for (const [where, serve] of Object.entries(SERVERS)) {
  for (const atByte of OFFSETS) {
    const FAULTS: Record<string, Fault> = {
      "is interrupted": { type: "truncate", atByte },
      "ends cleanly": { type: "truncate", atByte, clean: true },
      "stalls": { type: "stall", atByte },
    };
    for (const [what, fault] of Object.entries(FAULTS)) {
      test(`no rows are lost ${where} if a gzip stream ${what} at byte ${atByte}`, async () => {
        let quiet = 0;
        const { copy, result } = await assertSurvives(
          serve,
          [fault],
          {
            compression: "gzip",
            source: timed({ kind: "syncStream", onBytes: () => quiet = 0 }),
          },
          async (running, clock, copy) => {
            if (!copy.stalls) return;
            await until(() => copy.sent === atByte, "all bytes are sent");
            await until(() => quiet++ > QUIET_TURNS, "all bytes have arrived");
            await clock.passUntil(running);
          },
        );
        // 100 rows or more may be a full page, so `sync` requests another
        // stream.
        assert([2, 3].includes(result.streams), `${result.streams} streams`);
        assert(copy.isCompressed);
      });
    }
  }

  test(`an interrupted gzip stream delivers its complete events ${where}`, async () => {
    const copy = new Copy();
    copy.fake.inject({ type: "truncate", atByte: 7_000, clean: true });
    await using server = await serve(copy.handler);
    const session = copy.session(server.baseUrl);
    const { items, error } = await drain(
      await syncStream(session, TYPES, { compression: "gzip" }),
    );
    // A gzip file marks its own end, so this body no longer ends cleanly.
    assertEquals(codeOf(error), "connection");
    assert(items.length > 100 && items.length < ASSETS, `${items.length}`);
  });

  test(`no rows are lost ${where} if a stream is interrupted five times`, async () => {
    const faults = [2_000, 40_000, 90_000, 5_000, 60_000].map((
      atByte,
    ): Fault => ({ type: "truncate", atByte }));
    const { result } = await assertSurvives(serve, faults);
    assertEquals(result.streams, 6);
  });
}

test("no rows are lost if the response to an ack is lost", async () => {
  const { result } = await assertSurvives(serveEach, [
    { type: "drop", on: "ack", times: 3 },
  ]);
  // The first lost ack interrupted the stream, and the rows it acknowledged
  // were not sent again. The rest may be a full page, so `sync` requests
  // another stream.
  assertEquals(result.streams, 3);
  assertEquals(result.counts, { AssetV2: ASSETS });
});

test("the last ack is sent again if its response is lost", async () => {
  const { copy } = await assertSurvives(serveEach, [{
    type: "drop",
    on: ({ body }) => body.includes("SyncCompleteV1|"),
    times: 2,
  }]);
  const lasts = copy.fake.requests.filter(({ body }) =>
    body.includes("SyncCompleteV1|")
  );
  assertEquals(lasts.length, 3);
});

test("acks are sent again if the server hangs or refuses the connection", async () => {
  await assertSurvives(
    serveEach,
    [
      { type: "hang", on: "ack", times: 2 },
      { type: "refuse", on: "ack", times: 2 },
    ],
    { source: timed({ kind: "syncAck", from: 1, to: 2 }) },
    async (running, clock, copy) => {
      await until(() => copy.ackRequests > 0, "an ack has arrived");
      await clock.passUntil(running);
    },
  );
});

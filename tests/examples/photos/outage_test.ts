/**
 * A server that is down or sends nonsense: the copy stays, and the page says what is
 * wrong.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Fault } from "../../../src/testing/mod.ts";
import { isAck, isStream } from "../served_worker.ts";
import { sharedApp, syncNow, workerTest } from "./harness.ts";
import { until } from "../../support/events.ts";

const MINUTE_MS = 60_000;

const it = await sharedApp();
const { fake, storage } = it;
const { library } = fake;
const { id } = library.addAsset({
  originalFileName: "kept.jpg",
  localDateTime: "2099-01-01T00:00:00.000Z",
});
for (let i = 0; i < 200; i++) library.addAsset();
const album = library.addAlbum({ name: "WorkerStorage" }, [id]);
const { browser } = await it.signIn();
await syncNow(browser);

/** A failure as the page shows it. */
interface Failure {
  text: string;
  /** The failure happened between these times, in milliseconds since 1970. */
  after: number;
  before: number;
  /** When the app retries, in milliseconds since 1970. */
  retryAt: number;
}

/**
 * Runs a sync that fails; checks that the copy is still shown, and that an alarm is
 * set.
 */
async function fail(): Promise<Failure> {
  storage.resetLimits();
  const held = storage.count("assets");
  const after = Date.now();
  const page = await syncNow(browser);
  const before = Date.now();
  assertEquals(storage.copy.phase, "waiting");
  assertEquals(storage.hasAlarm, true);
  assert(storage.count("assets") >= held);
  assert(page.includes('role="alert"'), "the page shows no failure");
  assert(page.includes("kept.jpg"), "the page is empty");
  const { text } = await browser.get(`/albums/${album.id}`);
  assertStringIncludes(text, "1 photo");
  assertStringIncludes(text, "kept.jpg");
  const [alert = ""] = /<div class="alert"[\s\S]*?<\/div>/.exec(page) ?? [];
  const [, at = ""] = /datetime="([^"]+)"/.exec(alert) ?? [];
  return { text: alert, after, before, retryAt: Date.parse(at) };
}

/** Runs a sync that succeeds. */
async function recover(): Promise<string> {
  storage.resetLimits();
  fake.clearFaults();
  const page = await syncNow(browser);
  assert(!page.includes('role="alert"'), "the page shows a failure");
  assert(page.includes("Up to date as of"), "the run has not ended");
  assertEquals(storage.copy.phase, "idle");
  await storage.assertHolds(fake.snapshot());
  return page;
}

/** Asserts that the retry is due a number of minutes after the failure. */
function assertRetries(
  { after, before, retryAt }: Failure,
  minutes: number,
): void {
  const failedAt = retryAt - minutes * MINUTE_MS;
  assert(
    failedAt >= after && failedAt <= before,
    `${failedAt} is not between ${after} and ${before}`,
  );
}

workerTest(
  "an unreachable server leaves the copy intact and is retried with backoff",
  async () => {
    await it.stopServer();
    library.addAsset();
    for (const minutes of [1, 2, 4]) {
      const failure = await fail();
      const { text } = failure;
      assertStringIncludes(text, "Your photo server cannot be reached");
      assertStringIncludes(text, "starts automatically. Next try: <time");
      assertRetries(failure, minutes);
    }
    it.startServer();
    await recover();
  },
);

workerTest(
  "a Retry-After from the server is shown, and disables the button",
  async () => {
    library.addAsset();
    fake.inject({ type: "status", status: 503, retryAfterSeconds: 600 });
    const failure = await fail();
    assertStringIncludes(failure.text, "Your photo server reported an error");
    assertStringIncludes(failure.text, "503");
    assertRetries(failure, 10);
    const from = it.arrivals.length;
    const page = await syncNow(browser);
    assertStringIncludes(page, 'class="button" disabled');
    assertEquals(it.arrivals.length, from);
    await it.stopWorker();
    storage.endWaits();
    await it.startWorker();
    await until(() => storage.copy.phase === "idle", "the run has ended");
  },
);

const NONSENSE: Record<
  string,
  { fault: Fault; title: string; detail: string }
> = {
  "a proxy's page instead of the stream": {
    fault: { type: "html", times: 99 },
    title: "This does not look like an Immich server",
    detail: "sync stream",
  },
  "a line that is not an event": {
    fault: { type: "poison", atLine: 3, times: 99 },
    title: "This does not look like an Immich server",
    detail: "line 3",
  },
  "a stream that is interrupted every time": {
    fault: { type: "truncate", atByte: 10, clean: true, times: 99 },
    title: "The connection kept failing",
    detail: "3 consecutive requests failed",
  },
};

for (const [what, { fault, title, detail }] of Object.entries(NONSENSE)) {
  workerTest(`${what} is reported and leaves the copy intact`, async () => {
    for (let i = 0; i < 5; i++) library.addAsset();
    library.updateAsset(id, { isFavorite: true });
    fake.inject(fault);
    const failure = await fail();
    assertStringIncludes(failure.text, title);
    assertStringIncludes(failure.text, detail);
    assertRetries(failure, 1);
    await recover();
  });
}

workerTest(
  "rows stored before a failure are counted, even if no other rows follow",
  async () => {
    library.addAsset();
    const streams = it.arrivals.filter(isStream).length;
    // The server processes the ack, but its response is lost.
    it.gate = async (arrival, answer) => {
      if (!isAck(arrival)) return;
      await (await answer()).body?.cancel();
      return new Response(null, { status: 500 });
    };
    await fail();
    it.gate = () => {};
    const page = await recover();
    assertEquals(it.arrivals.filter(isStream).length, streams + 2);
    assertEquals(storage.copy.run?.events, 0);
    const count = fake.snapshot().assets.size;
    assertEquals(storage.copy.contents["Photos and videos"], count);
    assertStringIncludes(
      page,
      `Photos and videos: ${count} ·`,
    );
  },
);

workerTest(
  "a retry starts even if nobody visits the app",
  async () => {
    library.addAsset();
    await it.stopServer();
    await fail();
    it.startServer();
    await it.stopWorker();
    storage.endWaits();
    const arrived = it.intercept((arrival) =>
      isAck(arrival) && arrival.body.includes("SyncCompleteV1")
    );
    await it.startWorker();
    await arrived;
    await browser.get("/events");
    const page = (await browser.get("/")).text;
    assert(!page.includes('role="alert"'), "the page shows a failure");
    assertEquals(storage.copy.phase, "idle");
    await storage.assertHolds(fake.snapshot());
  },
);

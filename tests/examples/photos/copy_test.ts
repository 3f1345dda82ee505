/** Transitions of a copy's state, without a clock. A window is one part of a run. */
import { assertEquals } from "@std/assert";
import {
  addProgress,
  addRequest,
  type Copy,
  EMPTY_COPY,
  endRun,
  failRun,
  mayHaveChanged,
  mayStart,
  nextWindowAt,
  startRun,
  startWindow,
  stop,
} from "../../../examples/photos/src/copy.ts";
import {
  AuthenticationError,
  ConnectionError,
  HttpError,
  SyncError,
} from "../../../mod.ts";
import { test } from "../../support/test.ts";

const MINUTE_MS = 60_000;
const NOW = Date.UTC(2026, 0, 1);
const HELD: Copy = {
  phase: "idle",
  syncedAt: NOW - MINUTE_MS,
  rows: { assets: 7 },
  years: ["2025"],
};

const broken = new ConnectionError("Cannot reach the server", {
  cause: new TypeError("refused"),
});
const rejected = new AuthenticationError("Cannot sync", { status: 401 });

function asking(retryAfterMs: number): HttpError {
  return new HttpError("Cannot open the stream", { status: 503, retryAfterMs });
}

/** Minutes from a failure to the next try. */
function minutesToRetry(copy: Copy): number {
  return ((copy.failure?.retryAt ?? NaN) - NOW) / MINUTE_MS;
}

test("a new run starts with no counts and keeps the copy's totals", () => {
  const copy = startRun(HELD, NOW);
  const { rows, years, syncedAt } = HELD;
  assertEquals(copy, {
    phase: "running",
    rows,
    years,
    syncedAt: syncedAt!,
    run: { startedAt: NOW, counts: {}, events: 0, requests: 0, windows: 0 },
  });
});

test("progress adds the events stored since the last report, by type", () => {
  let copy = startRun(EMPTY_COPY, NOW);
  const reports = [
    { type: undefined, events: 0 },
    { type: "AssetV2", events: 1000 },
    { type: "AssetV2", events: 1000 },
    { type: "AssetV2", events: 1500 },
    { type: "AlbumV2", events: 1502 },
  ];
  let before = 0;
  for (const { type, events } of reports) {
    const progress = { type, events, bytes: 0, state: "streaming" } as const;
    copy = addProgress(copy, progress, before);
    before = events;
  }
  assertEquals(copy.run?.counts, { AssetV2: 1500, AlbumV2: 2 });
  assertEquals(copy.run?.events, 1502);
  assertEquals(copy.run?.type, "AlbumV2");
});

test("a run counts its windows as they start, and adds up their requests", () => {
  let copy = startWindow(startRun(EMPTY_COPY, NOW));
  assertEquals(copy.run?.windows, 1);
  copy = addRequest(startWindow(addRequest(copy)));
  assertEquals(copy.run?.windows, 2);
  assertEquals(copy.run?.requests, 2);
  assertEquals(copy.phase, "running");
});

test("a copy is unchanged only after a run of one window without events or failures", () => {
  const whole = startWindow(startRun(HELD, NOW));
  assertEquals(mayHaveChanged(whole), false);
  assertEquals(mayHaveChanged(startWindow(whole)), true);
  const failed = failRun(whole, broken, NOW);
  assertEquals(mayHaveChanged(startWindow(startRun(failed, NOW))), true);
  const first = startWindow(startRun(EMPTY_COPY, NOW));
  assertEquals(mayHaveChanged(first), true);
  const stored = {
    type: "AssetV2",
    events: 1,
    bytes: 0,
    state: "streaming",
  } as const;
  assertEquals(mayHaveChanged(addProgress(whole, stored, 0)), true);
});

test("progress without a run changes nothing", () => {
  const progress = {
    type: "AssetV2",
    events: 9,
    bytes: 0,
    state: "streaming",
  } as const;
  assertEquals(addProgress(HELD, progress, 0), HELD);
  assertEquals(addRequest(HELD), HELD);
  assertEquals(startWindow(HELD), HELD);
});

test("a completed run leaves the copy idle and clears the last failure", () => {
  const failed = failRun(startRun(HELD, NOW), broken, NOW);
  const copy = endRun(startRun(failed, NOW), NOW + 5);
  assertEquals(copy.phase, "idle");
  assertEquals(copy.syncedAt, NOW + 5);
  assertEquals(copy.run?.endedAt, NOW + 5);
  assertEquals("failure" in copy, false);
});

test("a failed run keeps the copy's totals for every kind of error", () => {
  for (
    const error of [broken, rejected, asking(0), new Error("a bug"), "text"]
  ) {
    const { rows, years, syncedAt } = failRun(startRun(HELD, NOW), error, NOW);
    const { phase: _, ...held } = HELD;
    assertEquals({ rows, years, syncedAt: syncedAt! }, { ...held });
  }
});

test("retries wait 1, 2, 4, 8, 16 and 32 minutes, then an hour each", () => {
  const waits: number[] = [];
  let copy = HELD;
  for (let i = 0; i < 9; i++) {
    copy = failRun(startRun(copy, NOW), broken, NOW);
    assertEquals(copy.phase, "waiting");
    assertEquals(copy.failure?.attempts, i + 1);
    waits.push(minutesToRetry(copy));
  }
  assertEquals(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
  // After ten thousand failures, it is still an hour.
  const times = { retryAt: 0, blockedUntil: 0 };
  const failure = { code: "http", attempts: 10_000, ...times } as const;
  assertEquals(minutesToRetry(failRun({ ...copy, failure }, broken, NOW)), 60);
});

test("the failure count restarts after a success", () => {
  let copy = failRun(startRun(HELD, NOW), broken, NOW);
  copy = failRun(startRun(copy, NOW), broken, NOW);
  copy = endRun(startRun(copy, NOW), NOW);
  assertEquals(minutesToRetry(failRun(startRun(copy, NOW), broken, NOW)), 1);
});

test("a run that gives up reports its last failure and obeys its Retry-After", () => {
  const cause = asking(5 * MINUTE_MS);
  const gaveUp = new SyncError("3 consecutive requests failed", {
    code: "retries_exhausted",
    cause,
  });
  const copy = failRun(startRun(HELD, NOW), gaveUp, NOW);
  assertEquals(copy.failure?.code, "http");
  assertEquals(copy.failure?.detail, "3 consecutive requests failed");
  assertEquals(minutesToRetry(copy), 5);
  const looped = new SyncError("Too many resets", { code: "reset_loop" });
  assertEquals(failRun(HELD, looped, NOW).failure?.code, "reset_loop");
});

test("a rejected session is retried like any other failure", () => {
  const copy = failRun(startRun(HELD, NOW), rejected, NOW);
  assertEquals([copy.phase, copy.failure?.code], ["waiting", "http"]);
  assertEquals(minutesToRetry(copy), 1);
});

test("a copy waits until it can get a session", () => {
  const sessionAt = NOW + 5 * MINUTE_MS;
  const copy = failRun(startRun(HELD, NOW), rejected, NOW, sessionAt);
  assertEquals(minutesToRetry(copy), 5);
  assertEquals(mayStart(copy, sessionAt - 1), false);
  assertEquals(mayStart(copy, sessionAt), true);
});

test("a stopped copy has neither a failure nor a next window", () => {
  const copy = stop(failRun(startRun(HELD, NOW), broken, NOW));
  assertEquals([copy.phase, "failure" in copy], ["ended", false]);
  assertEquals(nextWindowAt(copy, 60 * MINUTE_MS, NOW), undefined);
});

test("a failure shows a known error's message, but not an unknown error's", () => {
  const shown = failRun(startRun(HELD, NOW), broken, NOW).failure;
  assertEquals(shown?.code, "connection");
  assertEquals(shown?.detail, "Cannot reach the server");
  const secret = new Error("password=1234");
  const hidden = failRun(startRun(HELD, NOW), secret, NOW).failure;
  assertEquals(hidden?.code, "unexpected");
  assertEquals("detail" in hidden!, false);
});

test("a copy has a next window unless it is idle with no interval or no first sync", () => {
  const hour = 60 * MINUTE_MS;
  const running = startRun(HELD, NOW);
  const waiting = failRun(running, broken, NOW);
  for (const everyMs of [0, hour]) {
    assertEquals(nextWindowAt(running, everyMs, NOW + 9), NOW + 9);
    assertEquals(nextWindowAt(waiting, everyMs, NOW + 9), NOW + MINUTE_MS);
  }
  assertEquals(nextWindowAt(HELD, hour, NOW), HELD.syncedAt! + hour);
  assertEquals(nextWindowAt(HELD, 0, NOW), undefined);
  assertEquals(nextWindowAt(EMPTY_COPY, hour, NOW), undefined);
});

test("a time too far ahead counts as due, because the clock was set back", () => {
  const waiting = failRun(startRun(HELD, NOW), asking(9e15), NOW);
  const earlier = NOW - 2 * 24 * 60 * MINUTE_MS;
  assertEquals(nextWindowAt(waiting, 0, earlier), earlier);
  assertEquals(mayStart(waiting, earlier), true);
  assertEquals(nextWindowAt(HELD, MINUTE_MS, earlier), earlier);
});

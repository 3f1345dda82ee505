import { assert, assertEquals, assertMatch } from "@std/assert";
import { ProgressReport } from "../../src/cli/progress_report.ts";
import { SYSTEM, type TraceErrorCode } from "../../src/http/mod.ts";
import type { MirrorProgress } from "../../src/mirror/mod.ts";
import { testEnv } from "../support/env.ts";
import { test } from "../support/test.ts";

const PROGRESS: MirrorProgress = {
  state: "streaming",
  full: false,
  type: "AssetV2",
  events: 0,
  bytes: 0,
  rowsBefore: undefined,
};

/** Shows progress at the given times, in milliseconds, and returns the text. */
async function show(
  style: "bar" | "lines" | "json" | "none",
  reports: [ms: number, progress: Partial<MirrorProgress>][],
  columns = 200,
): Promise<string> {
  let text = "";
  let now = 0;
  const write = (part: string) => Promise.resolve(void (text += part));
  const report = new ProgressReport({
    stdout: { isTerminal: style === "bar", columns, write },
    clock: testEnv({ now: () => now }),
  }, style);
  for (const [ms, progress] of reports) {
    now = ms;
    report.show({ ...PROGRESS, ...progress });
  }
  await report.clear();
  return text;
}

const bars = (text: string) =>
  text.split("\r").map((line) => line.replace("\x1b[K", ""))
    .filter((line) => line !== "");

test("a full sync of a known library shows a bar that fills up", async () => {
  const full = { full: true, rowsBefore: 100_000 };
  const text = await show("bar", [
    [0, full],
    [2_000, { ...full, events: 50_000 }],
    [4_000, { ...full, events: 120_000, type: "AssetExifV1" }],
  ]);
  assertEquals(bars(text), [
    "[························]  0% 0 events, AssetV2",
    "[████████████············] 50% 50,000 events, AssetV2, 25,000 per second",
    "[███████████████████████·] 99% 120,000 events, AssetExifV1, 30,000 per second",
  ]);
});

test("a sync of unknown length shows a bar with a moving mark", async () => {
  const text = await show("bar", [
    [0, { type: undefined }],
    [500, { events: 1 }],
    [900, { events: 2_000 }],
  ]);
  assertEquals(bars(text), [
    "[█·······················] 0 events, waiting for the server",
    "[·█······················] 1 event, AssetV2",
    "[··█·····················] 2,000 events, AssetV2",
  ]);
});

test("a bar is narrower than the terminal, so that it is never wrapped", async () => {
  const [line = ""] = bars(await show("bar", [[0, {}]], 40));
  assertEquals(line, "[█·······················] 0 events");
});

test("a bar is redrawn at most ten times a second, and removed at the end", async () => {
  const reports = Array.from(
    { length: 100 },
    (_, i): [number, Partial<MirrorProgress>] => [i * 10, { events: i }],
  );
  const text = await show("bar", reports);
  assertEquals(bars(text).length, 10);
  assertEquals(text.endsWith("\r\x1b[K"), true);
});

test("progress without a terminal is a line every two seconds, and at each retry", async () => {
  const text = await show("lines", [
    [0, {}],
    [10, { events: 1_000 }],
    [100, { events: 2_000 }],
    [2_100, { events: 3_000 }],
    [2_200, { events: 3_000, state: "retrying" }],
    [9_000, { events: 3_000 }],
  ]);
  assertEquals(text.trim().split("\n"), [
    "1,000 events, AssetV2",
    "3,000 events, AssetV2, 1,429 per second",
    "3,000 events, retrying, 1,364 per second",
  ]);
});

test("the wait between two runs counts neither as time nor for the speed", async () => {
  let text = "";
  let now = 0;
  const write = (part: string) => Promise.resolve(void (text += part));
  const report = new ProgressReport({
    stdout: { isTerminal: false, columns: 80, write },
    clock: testEnv({ now: () => now }),
  }, "lines");
  const show = (ms: number, events: number) => {
    now = ms;
    report.show({ ...PROGRESS, events });
  };
  show(0, 0);
  now = 2_000;
  assertEquals(await report.end(), 2_000);
  show(60_000, 1);
  show(62_000, 2_000);
  assertEquals(await report.end(), 2_000);
  assertEquals(
    text.trim().split("\n").at(-1),
    "2,000 events, AssetV2, 1,000 per second",
  );
});

const FAILURES: [code: TraceErrorCode, status?: number][] = [
  ["http", 503],
  ["connection"],
  ["truncated", 200],
  ["other"],
];

test("a line says why a run retries, as far as the reason is known", async () => {
  const lines: string[] = [];
  for (const [code, status] of FAILURES) {
    const write = (part: string) => Promise.resolve(void lines.push(part));
    const stdout = { isTerminal: false, columns: 80, write };
    const report = new ProgressReport({ stdout, clock: SYSTEM }, "lines");
    const failure = status === undefined ? { code } : { code, status };
    report.trace({ type: "error", requestId: "1", durationMs: 1, ...failure });
    report.show({ ...PROGRESS, state: "retrying" });
    await report.clear();
  }
  assertEquals(lines, [
    "0 events, the server responded with 503, retrying\n",
    "0 events, connection lost, retrying\n",
    "0 events, connection lost, retrying\n",
    "0 events, retrying\n",
  ]);
});

test("a line has at most 80 columns, and never more than 99%", async () => {
  const text = await show("lines", [
    [0, {}],
    [9_999_999, {
      type: `Asset${"x".repeat(100)}V1`,
      events: 1_234_567_890_123,
      rowsBefore: 5,
    }],
  ]);
  const [line = ""] = text.split("\n");
  assertMatch(line, /^99%, 1,234,567,890,123 events, Assetx+/);
  assert(line.length <= 80, line);
});

test("progress as JSON is one object per line", async () => {
  const text = await show("json", [[0, { events: 5, bytes: 7 }]]);
  assertEquals(JSON.parse(text), {
    type: "progress",
    state: "streaming",
    full: false,
    events: 5,
    bytes: 7,
    entity: "AssetV2",
  });
});

test("no progress is shown if the command is quiet", async () => {
  assertEquals(await show("none", [[0, { events: 5 }]]), "");
});

test("a type from the server cannot control the terminal", async () => {
  const type = `\x1b]0;title\x07\x9b2J${"x".repeat(1_000)}`;
  for (const style of ["bar", "lines", "json"] as const) {
    const text = await show(style, [[0, {}], [5_000, { type, events: 1 }]]);
    const [last = ""] = (style === "bar" ? bars(text) : text.split("\n"))
      .filter((line) => line !== "").slice(-1);
    assertMatch(last, /x{20}/);
    assertMatch(last, /^\P{Cc}+$/u);
  }
});

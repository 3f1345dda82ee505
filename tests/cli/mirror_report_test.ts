import { assertEquals } from "@std/assert";
import { MirrorReport } from "../../src/cli/mirror_report.ts";
import type { ProgressStyle } from "../../src/cli/progress_report.ts";
import { ConnectionError } from "../../src/errors/mod.ts";
import { createMirror, sqlite } from "../../src/mirror/mod.ts";
import { DatabaseSync } from "node:sqlite";
import { UNCHANGED } from "../support/script.ts";
import { test } from "../support/test.ts";
import { setUp, type TestIo } from "./harness.ts";

const LOST = new ConnectionError("Cannot reach it", { cause: undefined });

/** Creates a report, and the outputs that it prints to. */
async function create(style: ProgressStyle) {
  await using all = await setUp();
  /** What standard output contained at each write to standard error. */
  const before: string[] = [];
  const io: TestIo = all.io({
    stdout: { isTerminal: style === "bar" },
    stderr: { onWrite: () => void before.push(io.stdout.text) },
  });
  const database = sqlite(new DatabaseSync(":memory:"));
  return {
    io,
    before,
    report: new MirrorReport(io, style, "photos.db"),
    mirror: await createMirror(database, { userId: all.fake.user.id }),
  };
}

test("a terminal shows a file as up to date only after a run that succeeded", async () => {
  const { io, report, mirror } = await create("bar");
  await report.fail(LOST, 10_000);
  await report.end();
  assertEquals(io.stdout.text.includes("Up to date"), false);
  assertEquals(io.stderr.text, "Cannot reach it; next run in 10 seconds\n");
  await report.succeed(UNCHANGED, mirror, 60_000);
  await report.end();
  assertEquals(
    io.stdout.text.includes("Up to date. Next run in 60 seconds."),
    true,
  );
});

test("a notice replaces the bar, and goes to standard error", async () => {
  const { io, before, report, mirror } = await create("bar");
  await report.succeed(UNCHANGED, mirror, 60_000);
  const shown = io.stdout.text;
  report.say("Waiting");
  await report.end();
  assertEquals(io.stderr.text, "Waiting\n");
  assertEquals(before, [`${shown}\r\x1b[K`]);
});

test("only the first of several runs without changes adds a line to a log", async () => {
  const { io, report, mirror } = await create("lines");
  for (let i = 0; i < 3; i++) await report.succeed(UNCHANGED, mirror, 1_000);
  const line = "photos.db is up to date: nothing has changed\n";
  assertEquals(io.stdout.text, line);
  await report.fail(LOST, 1_000);
  await report.succeed(UNCHANGED, mirror, 1_000);
  assertEquals(io.stdout.text, line + line);
});

test("a quiet report prints only errors", async () => {
  const { io, report, mirror } = await create("none");
  await report.succeed(UNCHANGED, mirror, 1_000);
  report.say("Waiting");
  io.interrupt();
  await report.end();
  assertEquals([io.stdout.text, io.stderr.text], ["", ""]);
  await report.fail(LOST, 0);
  assertEquals([io.stdout.text, io.stderr.text], [
    "",
    "Cannot reach it; next run now\n",
  ]);
});

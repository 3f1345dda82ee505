/**
 * `mirror`: keeps a SQLite file up to date.
 *
 * @module
 */
import type { Mirror } from "../mirror/mod.ts";
import type { SyncResult, WatchReport } from "../sync/mod.ts";
import { forgetCopy, sessionOf, toCall, useLogin } from "./account.ts";
import { cleanStop } from "./clean_stop.ts";
import { type Arguments, type Command, valueOf } from "./command.ts";
import { Copies } from "./copies.ts";
import { toCount } from "./count.ts";
import { isDuration, parseDuration, toWords } from "./duration.ts";
import { EXIT } from "./exit_codes.ts";
import { toFailure } from "./failure.ts";
import type { Io } from "./io.ts";
import { openMirrorFile } from "./mirror_file.ts";
import { looksLikePath, realPath } from "./paths.ts";
import { ProgressReport, type ProgressStyle } from "./progress_report.ts";
import { markRun } from "./run_mark.ts";
import { loadSqlite } from "./sqlite_driver.ts";
import { checkPath } from "./sqlite_file.ts";
import { toJson } from "./json.ts";
import { ArgumentError } from "./errors.ts";

const DEFAULT_EVERY_MS = 60_000;

/** The `mirror` command. */
export const MIRROR: Command = {
  summary: "Keep a SQLite file up to date",
  usage: "FILE [options]",
  description:
    `Copies the library's metadata to a SQLite file, which any SQLite tool can query.
The first run fetches everything; later runs fetch only what has changed. If you
stop a run with Ctrl-C, the next run continues it.`,
  positionals: ["FILE"],
  options: {
    watch: {
      value: "EVERY",
      isValue: isDuration,
      help: `Repeat the run every minute, or at the given interval: 30s,
5m or 1h; a number without a unit is in seconds.`,
    },
    full: {
      help: "Fetch everything again, and remove rows that no longer exist.",
    },
    moved: {
      help: "Keep using the file after the server's address has changed.",
    },
    quiet: { help: "Print only errors." },
    json: {
      help: "Print progress and results as JSON, one object per line.",
    },
  },
  run,
};

async function run(args: Arguments, io: Io): Promise<number> {
  const { options, positionals: [file = ""] } = args;
  const everyMs = toEveryMs(args);
  if (options.quiet && options.json) {
    throw new ArgumentError("Pass either --quiet or --json, not both");
  }
  const open = loadSqlite();
  const path = realPath(file);
  if (!checkPath(path, "write") && !looksLikePath(file)) {
    // A mistyped option must not create a file.
    throw new ArgumentError(
      `"${file}" does not look like a file: write "${file}.db" or "./${file}"`,
    );
  }
  const login = await useLogin(io);
  const stop = cleanStop(io.fetch, io.signal);
  const call = toCall(stop, login);
  const kept = sessionOf(path, io, call);
  const session = await kept.get();
  const copies = new Copies(io);
  const mirrorFile = await openMirrorFile(
    path,
    { mode: "write", open },
    session.userId,
  ).catch(async (error) => {
    // A file that is refused is not a copy.
    if (copies.lastRunOf(path) === undefined) {
      await forgetCopy(path, io, call).catch(() => {});
    }
    throw error;
  });
  try {
    const { mirror, database } = mirrorFile;
    if (options.moved) await mirror.moveTo(session.baseUrl);
    const style = toStyle(args, io);
    const report = new ProgressReport(io, style);
    const source = {
      ...kept,
      async get() {
        const session = await kept.get();
        await markRun(database, path, copies);
        return session;
      },
    };
    const watch = mirror.watch(source, {
      ...call,
      everyMs: everyMs ?? DEFAULT_EVERY_MS,
      full: options.full === true,
      onTrace: (event) => report.trace(event),
      onProgress(progress) {
        // Stopping is neither a failure nor news.
        if (!io.signal.aborted) report.show(progress);
        stop.onState(progress.state);
      },
    });
    await runAll(watch, { io, report, style, file, mirror, everyMs });
  } finally {
    mirrorFile.close();
  }
  io.signal.throwIfAborted();
  return EXIT.done;
}

function toEveryMs(args: Arguments): number | undefined {
  const { watch } = args.options;
  if (watch === true) return DEFAULT_EVERY_MS;
  const text = valueOf(args, "watch");
  return text === undefined ? undefined : parseDuration(text);
}

function toStyle({ options }: Arguments, { stdout }: Io): ProgressStyle {
  if (options.quiet) return "none";
  if (options.json) return "json";
  return stdout.isTerminal ? "bar" : "lines";
}

interface Running {
  io: Io;
  report: ProgressReport;
  style: ProgressStyle;
  file: string;
  mirror: Mirror;
  everyMs: number | undefined;
}

/** Reports each run. Without an interval, returns after the first one. */
async function runAll(
  watch: AsyncIterable<WatchReport>,
  running: Running,
): Promise<void> {
  const { io, report, style, everyMs } = running;
  let startedAt = io.clock.now();
  let isFirst = true;
  /** Whether success is worth a line even if nothing has changed. */
  let isNews = true;
  const announce = () =>
    void io.stderr.write(
      "\nStopping. Press Ctrl-C again to stop without waiting.\n",
    ).catch(() => {});
  io.signal.addEventListener("abort", announce);
  try {
    for await (const { result, error, waitMs } of watch) {
      await report.clear();
      // If another run is updating the file when the command starts, the command fails.
      const isFinal = everyMs === undefined ||
        (isFirst && error?.code === "mirror_busy");
      if (error !== undefined && isFinal) throw error;
      if (error !== undefined) await reportError(error, waitMs, running);
      else if (isNews || countEvents(result) > 0) {
        await reportResult(result, io.clock.now() - startedAt, running);
      }
      if (everyMs === undefined) return;
      isFirst = false;
      // Otherwise, each run without changes would add a line to a log.
      isNews = error !== undefined || style === "json";
      report.note(`Up to date. Next run in ${toWords(waitMs)}.`);
      startedAt = io.clock.now() + waitMs;
      report.begin();
    }
    await report.clear();
    if (io.signal.aborted) await reportStop(running);
  } finally {
    io.signal.removeEventListener("abort", announce);
    await report.clear();
  }
}

async function reportResult(
  result: SyncResult,
  ms: number,
  { io, style, file, mirror }: Running,
): Promise<void> {
  if (style === "none") return;
  if (style === "json") {
    const { rows } = await mirror.status();
    const line = { type: "result", file, ms: Math.round(ms), ...result, rows };
    await io.stdout.write(`${toJson(line)}\n`);
    return;
  }
  const events = countEvents(result);
  const what = events === 0
    ? "nothing has changed"
    : `received ${toCount(events, "event")} in ${toWords(ms)}`;
  await io.stdout.write(`${file} is up to date: ${what}\n`);
}

function countEvents({ counts }: SyncResult): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

/** Says that Ctrl-C has ended the run. */
async function reportStop({ io, style, file }: Running): Promise<void> {
  if (style === "none") return;
  const text = style === "json"
    ? toJson({ type: "stopped", file })
    : `Stopped; the next run of "mirror" continues ${file}`;
  await io.stdout.write(`${text}\n`);
}

async function reportError(
  error: unknown,
  waitMs: number,
  { io, style }: Running,
): Promise<void> {
  const { text } = toFailure(error);
  if (style === "json") {
    const line = {
      type: "error",
      message: text,
      retryInMs: Math.round(waitMs),
    };
    await io.stdout.write(`${toJson(line)}\n`);
  }
  await io.stderr.write(`${text}; next run in ${toWords(waitMs)}\n`);
}

/**
 * `mirror`: keeps a SQLite file up to date.
 *
 * @module
 */
import type { Mirror, MirrorSyncOptions } from "../mirror/mod.ts";
import type { SyncWatch } from "../sync/mod.ts";
import { toCall, useLogin } from "./account.ts";
import { cleanStop } from "./clean_stop.ts";
import { type Arguments, type Command, valueOf } from "./command.ts";
import { Copies } from "./copies.ts";
import { forgetCopy, sessionOf, withSession } from "./copy_session.ts";
import { isDuration, parseDuration } from "./duration.ts";
import { ArgumentError } from "./errors.ts";
import { EXIT } from "./exit_codes.ts";
import type { Io } from "./io.ts";
import { openMirrorFile } from "./mirror_file.ts";
import { MirrorReport } from "./mirror_report.ts";
import { looksLikePath, realPath } from "./paths.ts";
import type { ProgressStyle } from "./progress_report.ts";
import { markRun } from "./run_mark.ts";
import { loadSqlite } from "./sqlite_driver.ts";
import { checkPath } from "./sqlite_file.ts";

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
  const report = new MirrorReport(io, toStyle(args, io), file);
  const open = loadSqlite();
  const path = toPath(file);
  const stop = cleanStop(io.fetch, io.signal);
  const call = toCall(stop, await useLogin(io));
  const kept = sessionOf(path, io, call, report.say);
  const { userId, baseUrl } = await kept.get();
  const copies = new Copies(io);
  const mirrorFile = await openMirrorFile(path, { mode: "write", open }, userId)
    .catch(async (error) => {
      // A file that is refused is not a copy.
      if (copies.lastRunOf(path) === undefined) {
        await forgetCopy(path, io, call).catch(() => {});
      }
      throw error;
    });
  const announce = () =>
    report.say("\nStopping. Press Ctrl-C again to stop without waiting.");
  io.signal.addEventListener("abort", announce);
  try {
    const { mirror, database } = mirrorFile;
    if (options.moved) await mirror.moveTo(baseUrl);
    const source = {
      ...kept,
      async get() {
        const session = await kept.get();
        await markRun(database, path, copies);
        return session;
      },
    };
    const syncOptions: MirrorSyncOptions = {
      ...call,
      full: options.full === true,
      onTrace: (event) => report.trace(event),
      onProgress(progress) {
        report.show(progress);
        stop.onState(progress.state);
      },
    };
    if (everyMs === undefined) {
      const result = await withSession(
        source,
        (session) => mirror.sync(session, syncOptions),
        () =>
          report.say(
            "The server has ended the session of this run; fetching everything again",
          ),
      );
      await report.succeed(result, mirror);
    } else {
      const watch = mirror.watch(source, { ...syncOptions, everyMs });
      await reportAll(watch, report, mirror);
    }
  } finally {
    io.signal.removeEventListener("abort", announce);
    mirrorFile.close();
    await report.end();
  }
  io.signal.throwIfAborted();
  return EXIT.done;
}

/**
 * Returns the canonical path of the file.
 *
 * @throws {UsageError} If there cannot be a SQLite file at the path.
 */
function toPath(file: string): string {
  const path = realPath(file);
  const exists = checkPath(path, "write");
  if (exists || looksLikePath(file)) return path;
  // A mistyped option must not create a file.
  throw new ArgumentError(
    `"${file}" does not look like a file: write "${file}.db" or "./${file}"`,
  );
}

function toEveryMs(args: Arguments): number | undefined {
  const text = valueOf(args, "watch");
  if (text !== undefined) return parseDuration(text);
  return args.options.watch ? DEFAULT_EVERY_MS : undefined;
}

function toStyle({ options }: Arguments, { stdout }: Io): ProgressStyle {
  if (options.quiet && options.json) {
    throw new ArgumentError("Pass either --quiet or --json, not both");
  }
  if (options.quiet) return "none";
  if (options.json) return "json";
  return stdout.isTerminal ? "bar" : "lines";
}

/** Reports each run of a watch. */
async function reportAll(
  watch: SyncWatch,
  report: MirrorReport,
  mirror: Mirror,
): Promise<void> {
  let isFirst = true;
  for await (const { result, error, waitMs } of watch) {
    // If another run is updating the file when the command starts, the command fails.
    if (isFirst && error?.code === "mirror_busy") throw error;
    isFirst = false;
    if (error === undefined) await report.succeed(result, mirror, waitMs);
    else await report.fail(error, waitMs);
  }
}

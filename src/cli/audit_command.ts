/**
 * `audit`: compares a file with the server.
 *
 * @module
 */
import type { MirrorAudit, MirrorRowKey } from "../mirror/mod.ts";
import { toCall, useLogin } from "./account.ts";
import type { Arguments, Command } from "./command.ts";
import { sessionOf, withSession } from "./copy_session.ts";
import { toCount, toNumber } from "./count.ts";
import type { Io } from "./io.ts";
import { toJson } from "./json.ts";
import { openMirrorFile } from "./mirror_file.ts";
import { realPath } from "./paths.ts";
import { printResult } from "./print_result.ts";
import { ProgressReport } from "./progress_report.ts";

/** How many differences of each kind to list. */
const LIMIT = 1_000;

/** The `audit` command. */
export const AUDIT: Command = {
  summary: "Compare a file with the server",
  usage: "FILE [options]",
  description:
    `Reads the whole library again, and compares it with the file. Lists the missing,
extra and different rows that the next run of "mirror" would not repair. Changes
nothing.`,
  positionals: ["FILE"],
  options: { json: { help: "Print the result as one JSON object." } },
  run,
};

async function run(
  { options, positionals: [file = ""] }: Arguments,
  io: Io,
): Promise<number> {
  const path = realPath(file);
  const mirrorFile = await openMirrorFile(path, { mode: "read" });
  try {
    const call = toCall(io, await useLogin(io));
    const isBar = io.stdout.isTerminal && !options.json;
    const report = new ProgressReport(io, isBar ? "bar" : "none");
    const result = await withSession(
      sessionOf(path, io, call),
      (session) =>
        mirrorFile.mirror.audit(session, {
          ...call,
          limit: LIMIT,
          onProgress: (progress) => report.show(progress),
        }),
    ).finally(() => report.clear());
    return await printResult(
      file,
      result,
      options.json ? undefined : toText,
      io,
    );
  } finally {
    mirrorFile.close();
  }
}

function toText(file: string, result: MirrorAudit): string {
  const { ok, missing, extra, different, unlisted, pending } = result;
  const lines = [
    ok ? `${file} matches the server` : `${file} differs from the server:`,
    ...missing.map((row) => `  missing    ${toRow(row)}`),
    ...extra.map((row) => `  extra      ${toRow(row)}`),
    ...different.map((row) =>
      `  different  ${toRow(row)}: ${row.columns.join(", ")}`
    ),
  ];
  if (unlisted > 0) lines.push(`  and ${toNumber(unlisted)} more`);
  if (!ok) {
    lines.push(`To repair the file, run: immich-sync mirror ${file} --full`);
  }
  if (pending > 0) {
    lines.push(
      `The next run of "mirror" will update ${
        toCount(pending, "more row")
      }, because the library has changed`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function toRow({ table, key }: MirrorRowKey): string {
  const columns = Object.entries(key).map(([name, value]) =>
    `${name}=${toJson(value)}`
  );
  return `${table} ${columns.join(" ")}`;
}

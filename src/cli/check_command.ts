/**
 * `check`: finds inconsistencies in a file.
 *
 * @module
 */
import type { MirrorCheck } from "../mirror/mod.ts";
import type { Arguments, Command } from "./command.ts";
import { toCount } from "./count.ts";
import type { Io } from "./io.ts";
import { openMirrorFile } from "./mirror_file.ts";
import { realPath } from "./paths.ts";
import { printResult } from "./print_result.ts";

/** The `check` command. */
export const CHECK: Command = {
  summary: "Check a file for inconsistencies, without contacting the server",
  usage: "FILE [options]",
  description:
    `Checks that the rows in the file are consistent with each other. Does not contact
the server, so it cannot find missing or outdated rows; "audit" finds these.`,
  positionals: ["FILE"],
  options: { json: { help: "Print the result as one JSON object." } },
  run,
};

async function run(
  { options, positionals: [file = ""] }: Arguments,
  io: Io,
): Promise<number> {
  const mirrorFile = await openMirrorFile(realPath(file), { mode: "read" });
  try {
    const result = await mirrorFile.mirror.check();
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

function toText(
  file: string,
  { ok, orphans, unreachable, duplicates, excess }: MirrorCheck,
): string {
  const count = (
    numbers: Readonly<Record<string, number>>,
    unit: string,
    what = "",
  ) =>
    Object.entries(numbers).map(([table, number]) =>
      `  ${table}: ${toCount(number, unit)}${what}`
    );
  const lines = [
    ok ? `${file} is consistent` : `${file} is inconsistent:`,
    ...count(unreachable, "row", " that no share or album makes visible"),
    ...count(duplicates, "duplicate row"),
    ...Object.entries(excess).map(([table, { rows, events }]) =>
      `  ${table}: ${toCount(rows, "row")}, but only ${
        toCount(events, "event")
      } received`
    ),
  ];
  if (!ok) lines.push(`To repair it, run: immich-sync mirror ${file} --full`);
  const waiting = count(orphans, "row", " whose parent has not arrived");
  if (waiting.length > 0) {
    lines.push("This is normal while the library is changing:", ...waiting);
  }
  return `${lines.join("\n")}\n`;
}

/**
 * The help texts.
 *
 * @module
 */
import type { Command, OptionSpec } from "./command.ts";
import { EXIT_HELP } from "./exit_codes.ts";
import { COMMON_OPTIONS } from "./parse_arguments.ts";

/** The program's name, as users type it. */
export const PROGRAM = "immich-sync";

/** Returns the help for all commands. */
export function programHelp(
  commands: Readonly<Record<string, Command>>,
): string {
  const list = Object.entries(commands)
    .map(([name, { summary }]): [string, string] => [name, summary]);
  return `Keeps a copy of an Immich photo library's metadata.

Usage: ${PROGRAM} COMMAND [options]

Commands:
${toColumns(list)}

Options:
${
    toColumns([
      [
        "--help",
        `Print this help. For a command's help: ${PROGRAM} COMMAND --help`,
      ],
      ["--version", "Print the version."],
    ])
  }

${EXIT_HELP}
`;
}

/** Returns the help for one command. */
export function commandHelp(name: string, command: Command): string {
  const { usage, description, options } = command;
  const all = { ...options, ...COMMON_OPTIONS };
  return `${description}

Usage: ${PROGRAM} ${`${name} ${usage}`.trim()}

Options:
${toColumns(Object.entries(all).map(([name, spec]) => toRow(name, spec)))}

${EXIT_HELP}
`;
}

/** Returns the row of an option. */
export function toRow(
  name: string,
  { value, isValue, help }: OptionSpec,
): [string, string] {
  const shown = isValue === undefined ? value : `[${value}]`;
  return [`--${name}${shown === undefined ? "" : ` ${shown}`}`, help];
}

/** Aligns rows in two columns. */
export function toColumns(rows: readonly [string, string][]): string {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) =>
    right.split("\n").map((line, i) =>
      `  ${(i === 0 ? left : "").padEnd(width)}${line}`
    ).join("\n")
  ).join("\n");
}

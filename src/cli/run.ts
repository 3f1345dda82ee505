/**
 * Runs a command line.
 *
 * @module
 */
import { AUDIT } from "./audit_command.ts";
import { CHECK } from "./check_command.ts";
import type { Command } from "./command.ts";
import { ArgumentError, ClosedPipeError } from "./errors.ts";
import { EVENTS } from "./events_command.ts";
import { EXIT } from "./exit_codes.ts";
import { type Failure, toFailure, toJsonEnd, toSentences } from "./failure.ts";
import { commandHelp, PROGRAM, programHelp } from "./help.ts";
import type { Io } from "./io.ts";
import { toJsonLine } from "./json.ts";
import { LOGIN } from "./login_command.ts";
import { LOGOUT } from "./logout_command.ts";
import { MIRROR } from "./mirror_command.ts";
import { parseArguments, suggest } from "./parse_arguments.ts";
import { STATUS } from "./status_command.ts";
import { VERSION } from "./version.ts";

/** Name → command. */
const COMMANDS: Readonly<Record<string, Command>> = {
  login: LOGIN,
  mirror: MIRROR,
  status: STATUS,
  events: EVENTS,
  audit: AUDIT,
  check: CHECK,
  logout: LOGOUT,
};

/** How a command ends after Ctrl-C. */
const STOPPED: Failure = { text: "", code: EXIT.interrupted };

/**
 * Runs a command line.
 *
 * @param args The arguments, without the name of the program.
 * @returns The exit code.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const [name = "", ...rest] = args;
  let file: string | undefined;
  try {
    const text = toText(name, rest);
    if (text !== undefined) {
      await (name === "" ? io.stderr : io.stdout).write(text);
      return name === "" ? EXIT.usage : EXIT.done;
    }
    const command = find(name);
    const parsed = parseArguments(rest, command);
    [file] = parsed.positionals;
    if (parsed.options.help === undefined) return await command.run(parsed, io);
    await io.stdout.write(commandHelp(name, command));
    return EXIT.done;
  } catch (error) {
    const isStopped = io.signal.aborted && !(error instanceof ClosedPipeError);
    const failure = isStopped ? STOPPED : toFailure(error);
    const text = toSentences(failure);
    // Either output may be a closed pipe.
    if (args.includes("--json")) {
      const end = isStopped ? { type: "stopped" } : toJsonEnd(failure);
      await io.stdout.write(toJsonLine({ ...end, file })).catch(() => {});
    }
    if (text !== "") {
      const hint = error instanceof ArgumentError ? toHint(name) : "";
      const stack = args.includes("--debug") && error instanceof Error
        ? `\n${error.stack}`
        : "";
      await io.stderr.write(`${text}${hint}${stack}\n`).catch(() => {});
    }
    return failure.code;
  }
}

/** Returns what to print if the arguments ask about the program. */
function toText(name: string, rest: readonly string[]): string | undefined {
  if (name === "--version" || name === "-V") return `${PROGRAM} ${VERSION}\n`;
  if (name === "help" && rest[0] !== undefined) {
    return commandHelp(rest[0], find(rest[0]));
  }
  return /^(?:|help|--help|-h)$/.test(name) ? programHelp(COMMANDS) : undefined;
}

function toHint(name: string): string {
  const command = Object.hasOwn(COMMANDS, name) ? ` ${name}` : "";
  return `\nFor help: ${PROGRAM}${command} --help`;
}

function find(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return command;
  const [kind, names] = name.startsWith("-")
    ? ["option", ["--help", "--version"]] as const
    : ["command", Object.keys(COMMANDS)] as const;
  throw new ArgumentError(`Unknown ${kind} "${name}"${suggest(name, names)}`);
}

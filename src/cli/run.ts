/**
 * Runs a command line.
 *
 * @module
 */
import { AUDIT } from "./audit_command.ts";
import { CHECK } from "./check_command.ts";
import type { Command } from "./command.ts";
import { EVENTS } from "./events_command.ts";
import { EXIT } from "./exit_codes.ts";
import { toFailure } from "./failure.ts";
import { commandHelp, PROGRAM, programHelp } from "./help.ts";
import type { Io } from "./io.ts";
import { LOGIN } from "./login_command.ts";
import { LOGOUT } from "./logout_command.ts";
import { MIRROR } from "./mirror_command.ts";
import { parseArguments, suggest } from "./parse_arguments.ts";
import { STATUS } from "./status_command.ts";
import { ArgumentError, ClosedPipeError } from "./errors.ts";
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

/**
 * Runs a command line.
 *
 * @param args The arguments, without the name of the program.
 * @returns The exit code.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const [name = "", ...rest] = args;
  try {
    return await dispatch(name, rest, io);
  } catch (error) {
    if (io.signal.aborted && !(error instanceof ClosedPipeError)) {
      return EXIT.interrupted;
    }
    const { text, code } = toFailure(error);
    const hint = error instanceof ArgumentError
      ? `\nFor help: ${
        [PROGRAM, ...Object.hasOwn(COMMANDS, name) ? [name] : []].join(" ")
      } --help`
      : "";
    const stack = args.includes("--debug") && error instanceof Error
      ? `\n${error.stack}`
      : "";
    if (text !== "") {
      // Standard error may be a closed pipe, too.
      await io.stderr.write(`${text}${hint}${stack}\n`).catch(() => {});
    }
    return code;
  }
}

async function dispatch(
  name: string,
  rest: readonly string[],
  io: Io,
): Promise<number> {
  if (name === "" || name === "help" || name === "--help" || name === "-h") {
    const [about = ""] = name === "help" ? rest : [];
    const text = about === ""
      ? programHelp(COMMANDS)
      : commandHelp(about, find(about));
    await (name === "" ? io.stderr : io.stdout).write(text);
    return name === "" ? EXIT.usage : EXIT.done;
  }
  if (name === "--version" || name === "-V") {
    await io.stdout.write(`${PROGRAM} ${VERSION}\n`);
    return EXIT.done;
  }
  const command = find(name);
  const parsed = parseArguments(rest, command);
  if (parsed.options.help) {
    await io.stdout.write(commandHelp(name, command));
    return EXIT.done;
  }
  return await command.run(parsed, io);
}

function find(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return command;
  const [kind, names] = name.startsWith("-")
    ? ["option", ["--help", "--version"]] as const
    : ["command", Object.keys(COMMANDS)] as const;
  throw new ArgumentError(`Unknown ${kind} "${name}"${suggest(name, names)}`);
}

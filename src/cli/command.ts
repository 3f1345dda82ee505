/**
 * What a command consists of.
 *
 * @module
 */
import type { Io } from "./io.ts";

/** An option of a command. */
export interface OptionSpec {
  /** The name of the value, such as `URL`; without it, the option is a switch. */
  value?: string;
  /**
   * Makes the value optional. Returns whether the next argument is the value.
   *
   * @throws {ArgumentError} If it is a mistyped value.
   */
  isValue?: (argument: string) => boolean;
  /** One or more lines of help. */
  help: string;
}

/** The parsed arguments of a command. */
export interface Arguments {
  /** The arguments that are not options. */
  positionals: string[];
  /**
   * Option → its value. The value of a switch, or of an option given without a
   * value, is `true`.
   */
  options: Readonly<Record<string, string | true | undefined>>;
}

/** A command. */
export interface Command {
  /** One line for the list of commands. */
  summary: string;
  /** What follows the name in the usage line. */
  usage: string;
  /** What the command does, in a few lines. */
  description: string;
  /** The names of the arguments that are not options; all are required. */
  positionals: readonly string[];
  /** Name → option. */
  options: Readonly<Record<string, OptionSpec>>;
  /** Runs the command, and returns its exit code. */
  run(args: Arguments, io: Io): Promise<number>;
}

/** Returns the value of an option that takes one. */
export function valueOf(
  { options }: Arguments,
  name: string,
): string | undefined {
  const value = options[name];
  return value === true ? undefined : value;
}

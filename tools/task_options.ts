/**
 * Reads the options of a task. All tasks behave in the same way: `--help`
 * prints the options, and a mistake is explained in one sentence.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { toAddress } from "../src/cli/address.ts";
import type { OptionSpec } from "../src/cli/command.ts";
import { toColumns, toRow } from "../src/cli/help.ts";
import { parseArguments } from "../src/cli/parse_arguments.ts";
import { UsageError } from "../src/cli/errors.ts";

/** An option of a task. */
export interface TaskOption<T> extends OptionSpec {
  /**
   * The text to parse if the option is not given.
   * @default {none: the option's value is `undefined`}
   */
  default?: string;
  /** Parses the text given for the option. */
  parse(text: string, name: string): T;
}

/** An option without a value. */
export interface TaskSwitch extends OptionSpec {
  value?: never;
}

/** The options of a task, by name. */
export type TaskOptions = Record<string, TaskOption<unknown> | TaskSwitch>;

/** The values of a task's options, by name. */
export type TaskValues<O extends TaskOptions> = {
  [N in keyof O]: O[N] extends TaskOption<infer T>
    ? O[N] extends { default: string } ? T : T | undefined
    : boolean;
};

/** What {@linkcode readTask} needs to know about a task. */
export interface TaskSpec<O extends TaskOptions> {
  /** The name of the task in deno.json. */
  task: string;
  /** The options. */
  options: O;
  /** The names of additional arguments, all of which are optional. */
  positionals?: readonly string[];
}

/** The arguments of a task. */
export interface TaskArguments<O extends TaskOptions> {
  values: TaskValues<O>;
  positionals: string[];
}

/**
 * Parses the arguments of a task.
 *
 * @returns The arguments, or the help text if `--help` was given.
 * @throws {UsageError} If the arguments are wrong.
 */
export function parseTask<const O extends TaskOptions>(
  { task, options, positionals = [] }: TaskSpec<O>,
  args: readonly string[],
): TaskArguments<O> | string {
  const given = parseArguments(args, { options, positionals }, {
    common: HELP,
    required: 0,
  });
  if (given.options.help) return taskHelp({ task, options, positionals });
  const values = Object.entries<TaskOption<unknown> | TaskSwitch>(options)
    .map(([name, option]) => {
      if (option.value === undefined) return [name, name in given.options];
      const text = given.options[name] ?? option.default;
      return [
        name,
        typeof text === "string" ? option.parse(text, name) : undefined,
      ];
    });
  return {
    values: Object.fromEntries(values) as TaskValues<O>,
    positionals: given.positionals,
  };
}

/**
 * Reads the arguments of a task. If `--help` was given, prints the help text
 * and ends the process. If the arguments are wrong, prints one sentence and
 * ends the process with exit code 2.
 */
export function readTask<const O extends TaskOptions>(
  spec: TaskSpec<O>,
  args: readonly string[] = Deno.args,
): TaskArguments<O> {
  const parsed = orExit(() => parseTask(spec, args), spec.task);
  if (typeof parsed !== "string") return parsed;
  console.log(parsed);
  Deno.exit(0);
}

/** Calls a function. If it throws a `UsageError`, prints the error and ends the process. */
export function orExit<T>(work: () => T, task: string): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    fail(`${error.message}\nFor help: deno task ${task} --help`);
  }
}

/** Prints a sentence about the user's mistake, and ends the process. */
export function fail(sentence: string): never {
  console.error(sentence);
  Deno.exit(2);
}

const HELP = { help: { help: "Print this help." } };

/** Returns the help text of a task. */
export function taskHelp(
  { task, options, positionals = [] }: TaskSpec<TaskOptions>,
): string {
  const tasks: Record<string, { description: string } | string> = config.tasks;
  const entry = tasks[task];
  // The options are listed below.
  const description = typeof entry === "object"
    ? entry.description.replace(/[:;] (?:--|\[).*$/, "")
    : "";
  const rows = Object.entries({ ...options, ...HELP }).map((
    [name, option],
  ) => {
    const text = "default" in option ? ` (${option.default})` : "";
    return toRow(name, { ...option, help: option.help + text });
  });
  const usage = ["deno task", task, ...positionals.map((name) => `[${name}]`)];
  return `${description}

Usage: ${usage.join(" ")} [options]

Options:
${toColumns(rows)}`;
}

/** Creates an option for a server's address. */
export function serverOption(help: string): TaskOption<string> {
  return { value: "URL", help, parse: toAddress };
}

/** The range of a number. */
interface Range {
  /**
   * The smallest number.
   * @default {1}
   */
  min?: number;
  /**
   * The largest number.
   * @default {none}
   */
  max?: number;
}

/** Creates an option for a number. */
export function numberOption(
  help: string,
  { min = 1, max = Number.MAX_SAFE_INTEGER }: Range = {},
): TaskOption<number> {
  const parse = (text: string, name: string) =>
    parseNumber(text, `--${name}`, min, max);
  return { value: "N", help, parse };
}

/** Adds a check that may throw a `RangeError` to an option. */
export function withCheck<T>(
  option: TaskOption<T>,
  check: (value: T) => unknown,
): TaskOption<T> {
  return {
    ...option,
    parse(text, name) {
      const value = option.parse(text, name);
      try {
        check(value);
        return value;
      } catch (error) {
        throw error instanceof RangeError
          ? new UsageError(error.message)
          : error;
      }
    },
  };
}

/** Creates an option for several numbers. */
export function numbersOption(help: string): TaskOption<number[]> {
  const max = Number.MAX_SAFE_INTEGER;
  return {
    value: "N,N",
    help,
    parse: (text, name) =>
      text.split(",").map((part) => parseNumber(part, `--${name}`, 1, max)),
  };
}

/** Parses a whole number. */
function parseNumber(
  text: string,
  name: string,
  min: number,
  max: number,
): number {
  const number = Number(text);
  const isNumber = /^\d+$/.test(text) && number >= min && number <= max;
  if (isNumber) return number;
  const range = max === Number.MAX_SAFE_INTEGER
    ? `of at least ${min}`
    : `from ${min} to ${max}`;
  throw new UsageError(`${name} must be a number ${range}, received "${text}"`);
}

/** Creates an option for one of several words. */
export function choiceOption(
  help: string,
  choices: readonly string[],
): TaskOption<string> {
  return {
    value: "NAME",
    help: `${help}: ${choices.join(", ")}`,
    parse(text, name) {
      if (choices.includes(text)) return text;
      throw new UsageError(
        `--${name} must be one of ${choices.join(", ")}; received "${text}"`,
      );
    },
  };
}

/** Creates an option for any text. */
export function textOption(value: string, help: string): TaskOption<string> {
  return { value, help, parse: (text) => text };
}

/**
 * Checks that a file or a folder exists.
 *
 * @throws {UsageError} If it does not exist.
 */
export function checkPath(path: string): Deno.FileInfo {
  try {
    return Deno.statSync(path);
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (!isMissing) throw error;
    throw new UsageError(`"${path}" does not exist`);
  }
}

/**
 * Creates a folder, unless it exists.
 *
 * @throws {UsageError} If a file is in the way.
 */
export function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    const isBlocked = error instanceof Deno.errors.AlreadyExists ||
      error instanceof Deno.errors.NotADirectory;
    if (!isBlocked) throw error;
    throw new UsageError(`"${path}" cannot be a folder: a file is in the way`);
  }
}

/**
 * Parses and checks the arguments of a command.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { closest } from "../protocol/mod.ts";
import type { Arguments, Command, OptionSpec } from "./command.ts";
import { ArgumentError } from "./errors.ts";

/** The options of every command. */
export const COMMON_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  help: { help: "Print this help." },
  debug: { help: "Print a stack trace if the command fails." },
};

/**
 * Parses the arguments of a command.
 *
 * @param required The number of required arguments, not counting options.
 *
 * @throws {ArgumentError} If an option is unknown or has no value, or an argument
 * is missing or unexpected.
 */
export function parseArguments(
  args: readonly string[],
  command: Pick<Command, "options" | "positionals">,
  { common = COMMON_OPTIONS, required = command.positionals.length }: {
    common?: Readonly<Record<string, OptionSpec>>;
    required?: number;
  } = {},
): Arguments {
  const specs = { ...command.options, ...common };
  const { tokens } = parseArgs({
    args: joinOptionalValues(args, specs),
    options: Object.fromEntries(
      Object.entries(specs).map(([name, { value, isValue }]) => {
        const isString = value !== undefined && isValue === undefined;
        return [name, { type: isString ? "string" : "boolean" }];
      }),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const options: Record<string, string | true> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const name = token.rawName === "-h" ? "help" : token.name;
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined) throw unknownOption(token.rawName, specs);
    if (Object.hasOwn(options, name)) {
      throw new ArgumentError(`Option "--${name}" is given twice`);
    }
    options[name] = toValue(name, spec, token.value, token.inlineValue);
  }
  if (options.help === undefined) {
    checkPositionals(positionals, command.positionals, required);
  }
  return { positionals, options };
}

/** Writes `--watch 5m` as `--watch=5m`, because the value is optional. */
function joinOptionalValues(
  args: readonly string[],
  specs: Readonly<Record<string, OptionSpec>>,
): string[] {
  const joined: string[] = [];
  let isEnded = false;
  for (const arg of args) {
    const last: string = joined.at(-1) ?? "";
    const name: string = last.startsWith("--") && !isEnded ? last.slice(2) : "";
    const isOption = /^-\D/.test(arg);
    if (!isOption && specs[name]?.isValue?.(arg)) {
      joined.splice(-1, 1, `${last}=${arg}`);
    } else joined.push(arg);
    isEnded ||= arg === "--";
  }
  return joined;
}

function toValue(
  name: string,
  { value: placeholder, isValue }: OptionSpec,
  value: string | undefined,
  isInline: boolean | undefined,
): string | true {
  if (placeholder === undefined) {
    if (value === undefined) return true;
    throw new ArgumentError(`Option "--${name}" does not take a value`);
  }
  if (value === undefined && isValue !== undefined) return true;
  const isOption = value?.startsWith("-") && !isInline;
  if (value !== undefined && value !== "" && !isOption) return value;
  throw new ArgumentError(
    `Option "--${name}" needs a value: --${name} ${placeholder}`,
  );
}

function unknownOption(
  rawName: string,
  specs: Readonly<Record<string, OptionSpec>>,
): ArgumentError {
  const names = Object.keys(specs).map((name) => `--${name}`);
  return new ArgumentError(
    `Unknown option "${rawName}"${suggest(rawName, names)}`,
  );
}

/** Returns a question that suggests a similar name, or "" if there is none. */
export function suggest(name: string, candidates: readonly string[]): string {
  const meant = closest(name, candidates);
  return meant === undefined ? "" : `. Did you mean "${meant}"?`;
}

function checkPositionals(
  given: readonly string[],
  expected: readonly string[],
  required: number,
): void {
  const missing = expected.slice(0, required)[given.length];
  if (missing !== undefined) throw new ArgumentError(`${missing} is missing`);
  const extra = given[expected.length];
  if (extra !== undefined) {
    throw new ArgumentError(`Unexpected argument "${extra}"`);
  }
}

/**
 * Checks the names and the values of options.
 *
 * @module
 */
import { closest } from "../protocol/mod.ts";
import { isObject, typeOf } from "./json.ts";

/**
 * What the values of some options must be. Other options are checked where they
 * are used.
 */
const TYPES: Readonly<Record<string, keyof typeof IS>> = {
  allowInsecureHttp: "a boolean",
  checkRows: "a boolean",
  fetch: "a function",
  onBadLine: "a function",
  onBytes: "a function",
  onProgress: "a function",
  reset: "a boolean",
  signal: "an AbortSignal",
};

const IS = {
  "a boolean": (value: unknown) => typeof value === "boolean",
  "a function": (value: unknown) => typeof value === "function",
  "an AbortSignal": (value: unknown) => isObject(value) && "aborted" in value,
};

/**
 * Checks that a value is an object whose property names are all known, and that
 * no value has an obviously wrong type.
 *
 * @param action The action to name in error messages, such as "sign in".
 * @param subject The name of the value in error messages, such as "options".
 * @param required The name of a required option, for error messages.
 *
 * @throws {TypeError} If the value is not an object, a name is unknown or a value
 * has the wrong type. The message suggests a correction for a misspelled name.
 */
export function checkOptions(
  action: string,
  subject: string,
  value: unknown,
  known: readonly string[],
  required = "",
): void {
  if (!isObject(value)) {
    throw new TypeError(
      `Cannot ${action}: ${subject} must be an object${
        required && ` with "${required}"`
      }, received ${typeOf(value)}`,
    );
  }
  const prefix = subject === "options" ? "" : `${subject}.`;
  for (const [name, option] of Object.entries(value)) {
    if (!known.includes(name)) {
      const meant = closest(name, known);
      throw new TypeError(
        `Cannot ${action}: "${prefix}${name}" is not an option` +
          (meant === undefined ? "" : `. Did you mean "${prefix}${meant}"?`),
      );
    }
    const type = TYPES[name];
    if (option === undefined || type === undefined || IS[type](option)) {
      continue;
    }
    throw new TypeError(
      `Cannot ${action}: ${prefix}${name} must be ${type}, received ${
        typeOf(option)
      }`,
    );
  }
}

/**
 * Checks that options are finite numbers of at least `least`.
 *
 * @param action The action to name in error messages, such as "sign in".
 *
 * @throws {RangeError} If an option is not.
 */
export function checkAtLeast(
  action: string,
  least: number,
  options: Record<string, unknown>,
): void {
  for (const [name, number] of Object.entries(options)) {
    if (typeof number === "number" && number >= least && number < Infinity) {
      continue;
    }
    const received = typeof number === "number" ? number : typeOf(number);
    throw new RangeError(
      `Cannot ${action}: ${name} must be a number of at least ${least}, received ${received}`,
    );
  }
}

/** Checks options like {@linkcode checkAtLeast}, except those that are `false`. */
export function checkAtLeastOrFalse(
  action: string,
  least: number,
  options: Record<string, unknown>,
): void {
  const numbers = Object.entries(options).filter(([, value]) =>
    value !== false
  );
  checkAtLeast(action, least, Object.fromEntries(numbers));
}

/**
 * Checks that an option is undefined or has one of several values.
 *
 * @param action The action to name in error messages, such as "sign in".
 *
 * @throws {RangeError} If the value is another one.
 */
export function checkChoice(
  action: string,
  name: string,
  value: string | undefined,
  choices: readonly string[],
): void {
  if (value === undefined || choices.includes(value)) return;
  throw new RangeError(
    `Cannot ${action}: ${name} must be "${
      choices.join('" or "')
    }", received "${value}"`,
  );
}

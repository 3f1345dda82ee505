/**
 * Checks the names, types and choices of options.
 *
 * @module
 */
import { closest } from "../protocol/mod.ts";
import { isObject, typeOf } from "./json.ts";

/** Some options that must be booleans. Other options are checked where they are used. */
const BOOLEANS = ["allowInsecureHttp", "checkRows", "reset"];

/** Some options that must be functions. */
const FUNCTIONS = ["fetch", "onBadLine", "onBytes", "onProgress"];

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
    const type = option === undefined ? undefined : missedType(name, option);
    if (type === undefined) continue;
    throw new TypeError(
      `Cannot ${action}: ${prefix}${name} must be ${type}, received ${
        typeOf(option)
      }`,
    );
  }
}

/** Returns the type that an option must have, if its value has another one. */
function missedType(name: string, value: unknown): string | undefined {
  if (BOOLEANS.includes(name) && typeof value !== "boolean") {
    return "a boolean";
  }
  if (FUNCTIONS.includes(name) && typeof value !== "function") {
    return "a function";
  }
  const isSignal = isObject(value) && "aborted" in value;
  return name === "signal" && !isSignal ? "an AbortSignal" : undefined;
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

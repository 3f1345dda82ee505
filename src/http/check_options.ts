/**
 * Checks the names and the values of options.
 *
 * @module
 */
import { closest } from "../protocol/mod.ts";
import { isObject, typeOf } from "./json.ts";

/**
 * Checks that a value is an object whose property names are all known.
 *
 * @param action The action to name in error messages, such as "sign in".
 * @param subject The name of the value in error messages, such as "options".
 * @param required The name of a required option, for error messages.
 *
 * @throws {TypeError} If the value is not an object or a name is unknown. The
 * message suggests a correction for a misspelled name.
 */
export function checkNames(
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
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    const meant = closest(name, known);
    throw new TypeError(
      `Cannot ${action}: "${prefix}${name}" is not an option` +
        (meant === undefined ? "" : `. Did you mean "${prefix}${meant}"?`),
    );
  }
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

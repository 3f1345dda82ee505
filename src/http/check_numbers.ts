/**
 * Checks options that are numbers.
 *
 * @module
 */
import { typeOf } from "./json.ts";

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
  const isValid = (number: number) => number >= least;
  checkNumbers(action, options, `a number of at least ${least}`, isValid);
}

/** Checks options like {@linkcode checkAtLeast}, except those that are `false`. */
export function checkAtLeastOrFalse(
  action: string,
  least: number,
  options: Record<string, unknown>,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== false) checkAtLeast(action, least, { [name]: value });
  }
}

/**
 * Checks that options are finite numbers greater than 0.
 *
 * @param action The action to name in error messages, such as "sign in".
 *
 * @throws {RangeError} If an option is not.
 */
export function checkPositive(
  action: string,
  options: Record<string, unknown>,
): void {
  checkNumbers(action, options, "a positive number", (number) => number > 0);
}

function checkNumbers(
  action: string,
  options: Record<string, unknown>,
  rule: string,
  isValid: (number: number) => boolean,
): void {
  for (const [name, value] of Object.entries(options)) {
    const isNumber = typeof value === "number";
    if (isNumber && value < Infinity && isValid(value)) continue;
    throw new RangeError(
      `Cannot ${action}: ${name} must be ${rule}, received ${
        isNumber ? value : typeOf(value)
      }`,
    );
  }
}

/**
 * Mistakes in using the command.
 *
 * @module
 */

/** A mistake that the user can correct; the message says how. */
export class UsageError extends Error {
  /** The name of the class. */
  override readonly name = "UsageError";
}

/** A mistake in the arguments, which the help explains. */
export class ArgumentError extends UsageError {}

/** Nobody has signed in yet. */
export class SignedOutError extends Error {
  /** The name of the class. */
  override readonly name = "SignedOutError";
}

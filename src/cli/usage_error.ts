/**
 * Mistakes in how the command is used.
 *
 * @module
 */

/** The user can correct this mistake; the message says how. */
export class UsageError extends Error {
  /** The name of the class. */
  override readonly name = "UsageError";
}

/** The arguments are wrong; the help explains them. */
export class ArgumentError extends UsageError {}

/** Nobody has signed in yet. */
export class SignedOutError extends Error {
  /** The name of the class. */
  override readonly name = "SignedOutError";
}

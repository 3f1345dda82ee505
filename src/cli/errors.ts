/**
 * The command's own errors.
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

/** Nobody is signed in, or not any more; the message says how to sign in. */
export class SignedOutError extends Error {
  /** The name of the class. */
  override readonly name = "SignedOutError";
}

/** The server has ended a copy's session, although the login is still valid. */
export class SessionEndedError extends Error {
  /** The name of the class. */
  override readonly name = "SessionEndedError";
}

/** The reader of the output has closed the pipe, as `head` does. */
export class ClosedPipeError extends Error {
  /** The name of the class. */
  override readonly name = "ClosedPipeError";
}

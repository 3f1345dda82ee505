/**
 * The error classes.
 *
 * A wrong argument is a `TypeError` or `RangeError`, thrown before any request.
 * An abort throws the signal's `reason`. Everything else is an
 * `ImmichError`. No message, property or cause contains a secret or a payload.
 *
 * @module
 */
export * from "./base.ts";
export * from "./connection.ts";
export * from "./http.ts";
export * from "./oauth.ts";
export * from "./protocol.ts";
export * from "./sync.ts";

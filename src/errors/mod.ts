/**
 * The error classes.
 *
 * An invalid argument throws a `TypeError` or `RangeError` before any request is
 * sent. An aborted call throws the signal's `reason`. Every other error is an
 * `ImmichError`. No message, property or cause contains a secret or a payload.
 *
 * @module
 */
export * from "./base.ts";
export * from "./connection.ts";
export * from "./http.ts";
export * from "./oauth.ts";
export * from "./protocol.ts";
export * from "./store.ts";
export * from "./sync.ts";

/**
 * What can go wrong, and whether trying again can help.
 *
 * A caller's mistake is a `TypeError` or `RangeError` before any request; a
 * caller's abort is the signal's own `reason`; everything else is an
 * `ImmichError`. No message, property or cause holds a secret or a
 * payload.
 *
 * @module
 */
export * from "./base.ts";
export * from "./connection.ts";
export * from "./http.ts";
export * from "./oauth.ts";
export * from "./protocol.ts";
export * from "./sync.ts";

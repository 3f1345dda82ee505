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
export * from "./errors/base.ts";
export * from "./errors/connection.ts";
export * from "./errors/http.ts";
export * from "./errors/oauth.ts";
export * from "./errors/protocol.ts";
export * from "./errors/sync.ts";

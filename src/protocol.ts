/**
 * The wire protocol: request types, entity types and the shapes of their data.
 *
 * Facts read from the servers 2.5.6 and 3.1.0; nothing here runs, except the
 * table of request types.
 *
 * @module
 */
export type * from "./protocol/albums.ts";
export type * from "./protocol/api.ts";
export type * from "./protocol/assets.ts";
export type * from "./protocol/events.ts";
export type * from "./protocol/people.ts";
export * from "./protocol/requests.ts";
export type * from "./protocol/users.ts";

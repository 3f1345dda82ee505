/**
 * The types of requests and responses.
 *
 * @module
 */
export type * from "./albums.ts";
export type * from "./api.ts";
export type * from "./assets.ts";
export type * from "./events.ts";
export type * from "./people.ts";
export type * from "./requests.ts";
export type * from "./users.ts";

/**
 * The shapes of what servers send and take.
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

/**
 * A server, and the user who is signed in.
 *
 * @module
 */
export { currentUser } from "./current_user.ts";
export { discover } from "./discover.ts";
export { serverVersion } from "./version.ts";

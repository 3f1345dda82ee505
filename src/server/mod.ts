/**
 * A server, the user who is signed in, and any endpoint.
 *
 * @module
 */
export { currentUser } from "./current_user.ts";
export { discover } from "./discover.ts";
export { request, type RequestOptions } from "./request.ts";
export { serverVersion } from "./version.ts";

/**
 * Calls to a server: its version, its address, the signed-in user, and any other
 * endpoint.
 *
 * @module
 */
export { currentUser } from "./current_user.ts";
export { discover } from "./discover.ts";
export { request, type RequestOptions } from "./request.ts";
export { serverVersion } from "./version.ts";

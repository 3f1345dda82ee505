/**
 * The wire protocol: request types, entity types and their data.
 *
 * The types are based on servers 2.5.6 and 3.1.0, and on the source code of 3.2.2
 * and the unreleased 3.3.0. Nothing in this folder makes a request.
 *
 * @module
 */
export { closest } from "./closest.ts";
export { SYNC_REQUESTS } from "./requests.ts";
export {
  checkServerVersion,
  formatVersion,
  isAtLeast,
  isServerVersion,
} from "./server_version.ts";
export {
  acceptance,
  adaptSyncTypes,
  checkSyncTypes,
  supportedSyncTypes,
} from "./sync_types.ts";
export { entityOf, familyOf } from "./type_names.ts";
export type * from "./wire.ts";

/**
 * The address of this repository.
 *
 * @module
 */

/** npm compares this address with the provenance of a release. */
export const REPOSITORY = "https://github.com/immich-edge/sync";

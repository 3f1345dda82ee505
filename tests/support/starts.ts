/** How a sync begins and ends, for tests that drive a processor by hand. */
import { supportedSyncTypes, type SyncEnd, type SyncStart } from "../../mod.ts";

/** An incremental sync of everything begins. */
export const INCREMENTAL: SyncStart = {
  full: false,
  startedAt: 0,
  types: supportedSyncTypes({ major: 3, minor: 1, patch: 0 }),
};

/** A full sync of everything begins. */
export const FULL: SyncStart = { ...INCREMENTAL, full: true };

/** A sync ends after a quiet stream. */
export const QUIET: SyncEnd = { ...INCREMENTAL, quiet: true };

/** A sync ends although its last stream brought something new. */
export const BUSY: SyncEnd = { ...INCREMENTAL, quiet: false };

/** Arguments of `begin` and `end`, for tests that call a processor by hand. */
import { supportedSyncTypes, type SyncEnd, type SyncStart } from "../../mod.ts";

/** The start of an incremental sync of all types. */
export const INCREMENTAL: SyncStart = {
  full: false,
  startedAt: 0,
  types: supportedSyncTypes({ major: 3, minor: 1, patch: 0 }),
};

/** The start of a full sync of all types. */
export const FULL: SyncStart = { ...INCREMENTAL, full: true };

/** The end of a sync after a quiet stream. */
export const QUIET: SyncEnd = { ...INCREMENTAL, quiet: true, snapshot: false };

/** The end of a sync whose last stream contained something new. */
export const BUSY: SyncEnd = { ...QUIET, quiet: false };

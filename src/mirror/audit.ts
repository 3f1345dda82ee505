/**
 * Compares a mirror with its server.
 *
 * One child session reads the whole library. Another starts at the checkpoints
 * of the mirror's session and reads what the next sync would receive. This
 * explains the differences that are not the mirror's fault.
 *
 * @module
 */
import { createChildSession, logout } from "../auth/mod.ts";
import {
  type CallOptions,
  checkCallOptions,
  checkSession,
  type Env,
  type Session,
  toCallOptions,
} from "../http/mod.ts";
import {
  checkSyncTypes,
  familyOf,
  type SyncRequestName,
} from "../protocol/mod.ts";
import {
  getSyncAcks,
  SYNC_OPTIONS,
  type SyncAck,
  syncAck,
  toSettings,
} from "../sync/mod.ts";
import { AuditProgress } from "./audit_progress.ts";
import { AuditRun } from "./audit_run.ts";
import type { MirrorDatabase } from "./database.ts";
import type { MirrorAudit } from "./differences.ts";
import { ALL_TYPES } from "./entities.ts";
import { MirrorError } from "./error.ts";
import type { MirrorAuditOptions } from "./mirror_options.ts";
import { checkOwner, toSessionKey } from "./ownership.ts";
import { countAllRows } from "./status.ts";
import { type MirrorState, readState } from "./state.ts";

/** Names of the `sync` options that an audit does not accept. */
const NOT_OPTIONS = ["ack", "budget", "full", "source"];

/** How long a child session lasts if the audit cannot end it. */
const DAY_MS = 24 * 60 * 60 * 1000;

/** How long to wait for the server when ending a child session. */
const END_TIMEOUT_MS = 5000;

/** Compares a mirror with its server. */
export async function audit(
  database: MirrorDatabase,
  session: Session,
  options: MirrorAuditOptions,
  env: Env,
): Promise<MirrorAudit> {
  checkCallOptions("audit the mirror", options, [
    ...SYNC_OPTIONS.filter((name) => !NOT_OPTIONS.includes(name)),
    "types",
    "limit",
  ]);
  checkSession(session);
  const { types = ALL_TYPES, limit = 1000, onProgress, ...rest } = options;
  checkSyncTypes(types, undefined);
  toSettings(rest, env);
  if (!(typeof limit === "number" && limit >= 1)) {
    throw new RangeError(
      `Cannot audit the mirror: limit must be a number of at least 1, received ${limit}`,
    );
  }
  const state = await readState(database);
  await checkOwner(state, session, rest, env);
  const progress = new AuditProgress(
    onProgress,
    onProgress && await countAllRows(database),
  );
  const call = toCallOptions(rest);
  const { signal: _, ...callToEnd } = call;
  const children: Session[] = [];

  async function openChild(acks: readonly SyncAck[] = []): Promise<Session> {
    const child = await createChildSession(session, {
      ...call,
      durationMs: DAY_MS,
      deviceType: "audit",
    });
    children.push(child);
    await syncAck(child, acks, call);
    return child;
  }

  try {
    const run = new AuditRun({
      database,
      state,
      types: typesToAudit(state, types),
      limit,
      options: { ...rest, onProgress: progress.report },
      env,
    });
    // Read first, so that rows synced by another run in the meantime count as
    // changed.
    const acks = await readCheckpoints(session, state, call);
    const whole = await openChild();
    const next = acks && await openChild(acks);
    const result = await run.compare(whole, next);
    progress.end("complete");
    return result;
  } catch (error) {
    progress.end("failed");
    throw error;
  } finally {
    const idleTimeoutMs = END_TIMEOUT_MS;
    await Promise.allSettled(
      children.map((child) => logout(child, { ...callToEnd, idleTimeoutMs })),
    );
  }
}

/** Returns the request types that a mirror has synced. */
function typesToAudit(
  { askedFamilies }: MirrorState,
  types: readonly SyncRequestName[],
): SyncRequestName[] {
  const asked = types.filter((type) => askedFamilies.includes(familyOf(type)));
  if (asked.length > 0) return asked;
  throw new MirrorError(
    askedFamilies.length === 0
      ? "Cannot audit the mirror: it has never been synced; call sync first"
      : `Cannot audit the mirror: it has synced none of "${
        types.join('", "')
      }"`,
    { code: "mirror_unsynced" },
  );
}

/**
 * Returns the checkpoints from which the next sync will start, or `undefined`
 * if they are unknown because another session synced last.
 */
async function readCheckpoints(
  session: Session,
  { sessionKey, staleTypes }: MirrorState,
  call: CallOptions,
): Promise<SyncAck[] | undefined> {
  const acks = await getSyncAcks(session, call);
  const isKnown = sessionKey === null
    // If the caller uses the mirror only as a processor for `sync`, no session
    // is stored.
    ? acks.length > 0
    : sessionKey === await toSessionKey(session);
  if (!isKnown) return undefined;
  const left = ["SyncResetV1", ...staleTypes];
  return acks.filter(({ type }) => !left.includes(type));
}

/**
 * Checks that a session belongs to the mirror's user and server.
 *
 * @module
 */
import {
  type Env,
  isObject,
  normalizeBaseUrl,
  type Session,
  toHex,
} from "../http/mod.ts";
import { currentUser } from "../server/mod.ts";
import {
  type Budget,
  isTemporary,
  Progress,
  type SyncBatch,
  type SyncOptions,
  toSettings,
  withRetries,
} from "../sync/mod.ts";
import { tableOf } from "./entities.ts";
import { MirrorError } from "./error.ts";
import type { MirrorState } from "./state.ts";

function foreign(message: string): MirrorError {
  return new MirrorError(message, { code: "mirror_foreign" });
}

/**
 * Creates the error for a session that belongs to another user. Does not quote
 * that user's id, which may come from the server.
 */
function foreignUser(userId: string): MirrorError {
  return foreign(
    `Cannot sync: the mirror belongs to user ${userId}, but the session does not; open a mirror for each user`,
  );
}

/**
 * Checks that a session belongs to the mirror's user and server, according to its own
 * properties. Before the first sync, any server is accepted.
 *
 * @throws {MirrorError} If the session belongs to another user or server.
 */
export function checkStatedOwner(
  state: MirrorState,
  { baseUrl, userId }: Session,
): void {
  if (userId && userId !== state.userId) throw foreignUser(state.userId);
  const address = normalizeBaseUrl(baseUrl);
  if (address === (state.baseUrl ?? address)) return;
  throw foreign(
    `Cannot sync: the session is on ${address}, the mirror on ${state.baseUrl}; if the server has moved, first call the mirror's moveTo("${address}")`,
  );
}

/** The number of requests for a retry, and for a sync after it. */
const RETRY_REQUESTS = 5;

/** How often to ask whose session it is, if the caller has said so. */
const MAX_ATTEMPTS = 2;

/**
 * Checks that a session belongs to the mirror's user and server. A new access token
 * may belong to a different user than the caller says, so this function asks the
 * server. If the request fails, the caller's word counts.
 *
 * @throws {MirrorError} If the session belongs to another user or server.
 * @throws {SyncError} If neither the server nor the caller says whose session it is.
 */
export async function checkOwner(
  state: MirrorState,
  session: Session,
  options: SyncOptions,
  env: Env,
  budget?: Budget,
): Promise<void> {
  checkStatedOwner(state, session);
  if (state.sessionKey === await toSessionKey(session)) return;
  if (options.source !== undefined) return;
  const settings = toSettings(options, env, budget);
  const { call, retry } = settings;
  const attempts = session.userId
    ? Math.min(retry.attempts || MAX_ATTEMPTS, MAX_ATTEMPTS)
    : retry.attempts;
  const askUser = async () => {
    budget?.spend();
    return await currentUser(session, budget?.limit(call) ?? call);
  };
  let userId: string;
  try {
    const progress = new Progress(settings, false);
    ({ id: userId } = await withRetries(
      askUser,
      progress,
      { ...settings, retry: { ...retry, attempts } },
      RETRY_REQUESTS,
    ));
  } catch (error) {
    // Without the caller's word, the rows of another user could be stored.
    if (isTemporary(error) && !session.userId) throw error;
    // Otherwise, the sync will fail too, the server does not have this endpoint, or
    // the caller's word counts.
    return;
  }
  checkStatedOwner(state, { ...session, userId });
}

/**
 * Checks that the account in a batch is the mirror's user.
 *
 * @throws {MirrorError} If the account is another user's.
 */
export function checkBatchOwner(
  { type, events }: SyncBatch,
  userId: string,
): void {
  if (tableOf(type) !== "auth_users") return;
  for (const { data } of events) {
    const id = isObject(data) ? data.id : undefined;
    if (typeof id === "string" && id !== userId) throw foreignUser(userId);
  }
}

/** Hashes the access token, so that sessions can be compared without storing the token. */
export async function toSessionKey({ accessToken }: Session): Promise<string> {
  const bytes = new TextEncoder().encode(accessToken);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return toHex(hash.subarray(0, 16));
}

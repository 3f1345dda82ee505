/**
 * Describes failures in words that users can act on.
 *
 * @module
 */
import { isImmichError } from "@immich-edge/sync";
import type { CopyFailure } from "./copy.ts";

/** A message for the user. */
export interface Message {
  /** What went wrong. */
  title: string;
  /** What to do about it. */
  advice: string;
}

type MessageCode = CopyFailure["code"] | "session_open" | "too_many";

const BUSY = "Your copy is safe, and the next sync starts automatically.";
const ADDRESS =
  "If you host this app, check IMMICH_URL: it must be the address of the " +
  "Immich server, and no proxy may put a login page in front of the server.";

const MESSAGES: Record<MessageCode, Message> = {
  connection: {
    title: "Your photo server cannot be reached",
    advice: "Check that it is running and reachable from the internet. " +
      BUSY,
  },
  idle_timeout: { title: "Your photo server stopped responding", advice: BUSY },
  truncated: { title: "The connection kept failing", advice: BUSY },
  retries_exhausted: {
    title: "The connection kept failing",
    advice: BUSY,
  },
  http: {
    title: "Your photo server reported an error",
    advice: "If this continues, check the server's log. Your copy is kept.",
  },
  authentication: {
    title: "Your session has ended",
    advice: "Sign in again to continue. Your copy is kept.",
  },
  authorization: {
    title: "Your photo server does not allow this",
    advice: "Ask its administrator. Your copy is kept.",
  },
  protocol: {
    title: "This does not look like an Immich server",
    advice: ADDRESS,
  },
  oauth_denied: {
    title: "You were not signed in",
    advice: "The sign-in was canceled. You can try again at any time.",
  },
  oauth_state_mismatch: {
    title: "This sign-in was not started in this browser",
    advice: "You were not signed in. Start again here.",
  },
  oauth_context: {
    title: "This sign-in has expired",
    advice:
      "It took too long, was already completed, or was started in another browser. Start again.",
  },
  oauth_callback: {
    title: "The sign-in could not be completed",
    advice: "Your photo server or its login provider rejected it. Start again.",
  },
  reset_loop: {
    title: "Your photo server keeps resetting the sync",
    advice: "Check the server's log. Your copy is kept.",
  },
  store_failed: {
    title: "The session could not be stored",
    advice: "If you host this app, check its log. Your copy is kept.",
  },
  store_corrupt: {
    title: "The stored session is damaged",
    advice: "Sign in again to continue. Your copy is kept.",
  },
  mirror_busy: { title: "The copy is in use", advice: BUSY },
  mirror_foreign: {
    title: "This copy belongs to another user",
    advice: "If you host this app, check its log.",
  },
  mirror_newer: {
    title: "The copy was written by a newer version of this app",
    advice: "If you host this app, deploy the newer version.",
  },
  mirror_unsynced: {
    title: "The copy is still empty",
    advice: "Start a sync first.",
  },
  session_limit: {
    title: "The next sync starts in a few minutes",
    advice:
      "The copy needs a new session on your photo server, and this app creates " +
      "at most one every five minutes.",
  },
  session_open: {
    title: "You are signed out, but your photo server could not be reached",
    advice:
      "Your session still exists there. This app ends it as soon as the " +
      "server can be reached.",
  },
  too_many: {
    title: "Too many requests",
    advice: "Wait a minute, then try again.",
  },
  unexpected: {
    title: "Something went wrong",
    advice: "If you host this app, its log has the details. Your copy is kept.",
  },
};

/** Returns the message for a code. */
export function toMessage(code: MessageCode): Message {
  return MESSAGES[code];
}

/** Returns the message for an error, and the status of the response. */
export function describe(
  error: unknown,
): Message & { detail?: string; status: 400 | 500 | 502 } {
  if (!isImmichError(error)) return { ...toMessage("unexpected"), status: 500 };
  const { code, message: detail } = error;
  const status = code.startsWith("oauth_") ? 400 : 502;
  return { ...toMessage(code), detail, status };
}

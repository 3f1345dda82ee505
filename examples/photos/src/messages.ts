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

const KEEPS_FAILING: Message = {
  title: "The connection kept failing",
  advice: BUSY,
};
const EXPIRED: Message = {
  title: "This sign-in has expired",
  advice:
    "It took too long, was already completed, or was started in another browser. Start again.",
};
const UNEXPECTED: Message = {
  title: "Something went wrong",
  advice: "If you host this app, its log has the details. Your copy is kept.",
};

/** All other codes stand for something unexpected. */
const MESSAGES: Partial<Record<MessageCode, Message>> = {
  connection: {
    title: "Your photo server cannot be reached",
    advice: `Check that it is running and reachable from the internet. ${BUSY}`,
  },
  idle_timeout: { title: "Your photo server stopped responding", advice: BUSY },
  truncated: KEEPS_FAILING,
  retries_exhausted: KEEPS_FAILING,
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
    advice:
      "If you host this app, check IMMICH_URL: it must be the address of the " +
      "Immich server, and no proxy may put a login page in front of the server.",
  },
  oauth_denied: {
    title: "You were not signed in",
    advice: "The sign-in was canceled. You can try again at any time.",
  },
  oauth_context: EXPIRED,
  oauth_state_mismatch: EXPIRED,
  oauth_callback: {
    title: "The sign-in could not be completed",
    advice: "Your photo server or its login provider rejected it. Start again.",
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
};

/** Returns the message for a code. */
export function toMessage(code: MessageCode): Message {
  return MESSAGES[code] ?? UNEXPECTED;
}

/** Returns the message for an error, and the status of the response. */
export function describe(
  error: unknown,
): Message & { detail?: string; status: 400 | 500 | 502 } {
  if (!isImmichError(error)) return { ...UNEXPECTED, status: 500 };
  const { code, message: detail } = error;
  const status = code.startsWith("oauth_") ? 400 : 502;
  return { ...toMessage(code), detail, status };
}

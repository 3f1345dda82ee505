/**
 * What went wrong, in words that a person can act on.
 *
 * @module
 */
import { type ImmichErrorCode, isImmichError } from "@immich-edge/sync";
import type { CopyFailure } from "./copy.ts";

/** What went wrong, and what to do about it. */
export interface Message {
  /** What went wrong. */
  title: string;
  /** What to do. */
  advice: string;
}

const BUSY = "The copy is fine, and goes on by itself.";
const ADDRESS =
  "Whoever runs this worker has to look at IMMICH_URL: it must be " +
  "the address of the Immich server, and no login page of a proxy may be before it.";

const MESSAGES: Record<CopyFailure["code"], Message> = {
  connection: {
    title: "Your photo server cannot be reached",
    advice: "See whether it is running, and reachable from the internet. " +
      BUSY,
  },
  idle_timeout: { title: "Your photo server fell silent", advice: BUSY },
  truncated: { title: "The connection broke again and again", advice: BUSY },
  retries_exhausted: {
    title: "The connection broke again and again",
    advice: BUSY,
  },
  http: {
    title: "Your photo server refused",
    advice:
      "If it goes on like that, look at the log of the server. What is copied stays.",
  },
  authentication: {
    title: "Your session has ended",
    advice: "Sign in again: what is copied is kept, and the rest follows.",
  },
  authorization: {
    title: "Your photo server does not allow this",
    advice: "Ask whoever runs it. What is copied stays.",
  },
  protocol: { title: "This is no answer of Immich", advice: ADDRESS },
  oauth_denied: {
    title: "You were not signed in",
    advice:
      "The sign-in was cancelled. Nothing has happened; try again if you want to.",
  },
  oauth_state_mismatch: {
    title: "This sign-in is not the one that this browser began",
    advice: "Nobody was signed in. Start again from here.",
  },
  oauth_context: {
    title: "This sign-in is over",
    advice:
      "It took too long, was used before, or began in another browser. Start again.",
  },
  oauth_callback: {
    title: "The sign-in could not be finished",
    advice: "Your photo server or its login provider refused. Start again.",
  },
  reset_loop: {
    title: "Your photo server keeps starting over",
    advice: "Look at the log of the server. What is copied stays.",
  },
  mirror_busy: { title: "The copy is in use", advice: BUSY },
  mirror_foreign: {
    title: "This copy is another user's",
    advice: "Whoever runs this worker has to look at its log.",
  },
  mirror_newer: {
    title: "A newer version of this worker has written the copy",
    advice: "Whoever runs this worker has to deploy the newer version.",
  },
  unexpected: {
    title: "Something went wrong",
    advice:
      "Whoever runs this worker finds more in its log. What is copied stays.",
  },
};

/** The words for a failure. */
export function toMessage(code: ImmichErrorCode | "unexpected"): Message {
  return MESSAGES[code];
}

/** The words for whatever was thrown, and the status of an answer that holds them. */
export function describe(
  error: unknown,
): Message & { detail?: string; status: 400 | 500 | 502 } {
  if (!isImmichError(error)) return { ...toMessage("unexpected"), status: 500 };
  const { code, message: detail } = error;
  // What the browser brought, or what the server said.
  const status = code.startsWith("oauth_") ? 400 : 502;
  return { ...toMessage(code), detail, status };
}

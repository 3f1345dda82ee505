/**
 * Turns an error into a sentence and an exit code.
 *
 * @module
 */
import { AuthenticationError, isImmichError } from "../errors/mod.ts";
import { isObject, toSingleLine } from "../http/mod.ts";
import {
  ClosedPipeError,
  SessionEndedError,
  SignedOutError,
  UsageError,
} from "./errors.ts";
import { EXIT } from "./exit_codes.ts";
import { PROGRAM } from "./help.ts";

/** What to tell the user, and the exit code. */
export interface Failure {
  /** What went wrong; empty if there is nothing to say. */
  text: string;
  /** What to do if the command does not try again by itself. */
  advice?: string;
  /** The exit code. */
  code: number;
}

/** System error → reason. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file is too large",
  ENOENT: "it does not exist",
  ENOTDIR: "part of the path is not a folder",
  EISDIR: "it is a folder",
  EEXIST: "it already exists",
  ELOOP: "its symbolic links form a loop",
};

/** Describes an error to the user. The text for a bug includes its stack trace. */
export function toFailure(error: unknown): Failure {
  if (error instanceof ClosedPipeError) {
    return { text: "", code: EXIT.closedPipe };
  }
  if (error instanceof UsageError) {
    return { text: error.message, code: EXIT.usage };
  }
  if (error instanceof SignedOutError) {
    return { text: error.message, code: EXIT.signedOut };
  }
  if (error instanceof SessionEndedError) {
    return {
      text: error.message,
      advice: "Run the command again",
      code: EXIT.failed,
    };
  }
  if (isImmichError(error)) return toLibraryFailure(error);
  if (!(error instanceof Error)) return { text: String(error), code: EXIT.bug };
  const { code, path } = error as Error & { code?: unknown; path?: unknown };
  if (code === "ERR_SQLITE_ERROR" || error.name === "SQLiteError") {
    const text = `SQLite failed with "${toSingleLine(error.message, 200)}"`;
    return { text, code: EXIT.failed };
  }
  if (typeof code === "string" && /^E[A-Z0-9]+$/.test(code)) {
    const reason = SYSTEM_ERRORS[code] ?? code;
    const what = typeof path === "string" ? `Cannot use "${path}"` : "Failed";
    return { text: `${what}: ${reason}`, code: EXIT.failed };
  }
  // Deno gives only some system errors a code.
  if (/\(os error \d+\)$/.test(error.message)) {
    return { text: `Failed: ${error.message}`, code: EXIT.failed };
  }
  const text = `This is a bug in ${PROGRAM}: ${error.stack}`;
  return { text, code: EXIT.bug };
}

/** Returns the whole text of a failure. */
export function toSentences({ text, advice }: Failure): string {
  return advice === undefined ? text : `${text}. ${advice}`;
}

/** Returns how a command ended, for its last line of JSON. */
export function toJsonEnd(failure: Failure | undefined): object {
  if (failure === undefined) return { type: "result" };
  const { code } = failure;
  return { type: "error", message: toSentences(failure), exitCode: code };
}

function toLibraryFailure(
  error: Error & { code: string; cause?: unknown },
): Failure {
  const { message } = error;
  if (error instanceof AuthenticationError) {
    return { text: message, code: EXIT.signedOut };
  }
  if (error.code === "mirror_busy") {
    const { retryAfterMs } = error as { retryAfterMs?: number };
    const seconds = Math.ceil((retryAfterMs ?? 0) / 1_000);
    return {
      text: "Another run is updating this file",
      advice: "Wait until it has ended" +
        (seconds > 0 ? `; if it crashed, try again in ${seconds} s` : ""),
      code: EXIT.busy,
    };
  }
  if (error.code === "mirror_foreign") {
    return { text: toForeign(message), code: EXIT.usage };
  }
  return { text: message + reasonOf(error.cause), code: EXIT.failed };
}

/** Replaces the advice that makes sense only to programmers. */
function toForeign(message: string): string {
  const [, userId] = /belongs to user ([^,]+)/.exec(message) ?? [];
  if (userId !== undefined) {
    return `This file belongs to user ${userId}, but you are signed in as another user; use another file, or sign in as that user`;
  }
  return message
    .replace(
      /; use another prefix or another database$/,
      "; use another file",
    )
    .replace(
      /; if the server has moved, .*$/,
      "; if the server has moved, add --moved; if not, use another file",
    );
}

/** What Deno, Node and Bun say if the response to a TLS handshake is not TLS. */
const NO_TLS = /InvalidContentType|wrong version number|speak TLS/;

/** Returns the runtime's reason for a failed connection. */
function reasonOf(cause: unknown): string {
  const inner = isObject(cause) && cause.cause !== undefined
    ? cause.cause
    : cause;
  if (!(inner instanceof Error) || isImmichError(inner)) return "";
  if (NO_TLS.test(inner.message)) {
    return " (the server does not use https on this port; try http://)";
  }
  const text = toSingleLine(inner.message, 200);
  return text === "" ? "" : ` (${text})`;
}

/** Checks that must pass for any input from a server. */
import { ImmichError } from "../../mod.ts";
import { inTime, turn } from "../support/events.ts";
import { SESSION } from "../support/fetch.ts";

/** Maximum duration of a case, which normally takes milliseconds. */
const HANG_MS = 120_000;
/**
 * Maximum length of an error message, which quotes only a small part of a
 * response.
 */
const MAX_MESSAGE_LENGTH = 2_000;

const PROTOTYPES: readonly object[] = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Error.prototype,
  Map.prototype,
];

/** Thrown if a check fails. */
export class Violation extends Error {
  override readonly name = "Violation" as const;
}

/** Throws unless a condition holds. */
export function check(holds: boolean, what: string): void {
  if (!holds) throw new Violation(what);
}

/** Throws unless the given error is a documented one. */
export function checkError(error: unknown): asserts error is ImmichError {
  if (!(error instanceof ImmichError)) {
    throw new Violation("an undocumented error was thrown", {
      cause: error,
    });
  }
  const { message } = error;
  check(message.length <= MAX_MESSAGE_LENGTH, "a message quotes too much");
  check(!message.includes("\n"), "a message has more than one line");
  check(!message.includes(SESSION.accessToken), "a message contains the token");
}

/** Runs a case, and throws if it hangs or has side effects. */
export async function runChecked(run: () => Promise<void>): Promise<void> {
  const before = PROTOTYPES.map(describe);
  const rejections: unknown[] = [];
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    rejections.push(event.reason);
  };
  // Node has no such event: there, an unhandled rejection ends the process.
  globalThis.addEventListener?.("unhandledrejection", onRejection);
  const hang = new Violation(`no result within ${HANG_MS} ms`);
  try {
    await inTime(run(), HANG_MS, hang);
    // Unhandled rejections are reported one turn later.
    await turn();
  } finally {
    globalThis.removeEventListener?.("unhandledrejection", onRejection);
  }
  if (rejections.length > 0) {
    throw new Violation("a rejection was not handled", {
      cause: rejections[0],
    });
  }
  PROTOTYPES.forEach((prototype, i) =>
    check(describe(prototype) === before[i], "a prototype was changed")
  );
}

function describe(prototype: object): string {
  return Reflect.ownKeys(prototype).map(String).join();
}

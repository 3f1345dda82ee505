/** What must not happen, whatever a server sends. */
import { ImmichError } from "../../mod.ts";
import { inTime, turn } from "../support/events.ts";
import { SESSION } from "../support/fetch.ts";

/** Longest time of a case; a case takes milliseconds. */
const HANG_MS = 120_000;
/** A message quotes a little of what a server says, and no more. */
const MAX_MESSAGE_LENGTH = 2_000;

const PROTOTYPES: readonly object[] = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Error.prototype,
  Map.prototype,
];

/** Something that must hold, and does not. */
export class Violation extends Error {
  override readonly name = "Violation" as const;
}

/** Fails unless something holds. */
export function check(holds: boolean, what: string): void {
  if (!holds) throw new Violation(what);
}

/** Fails unless an error is one that the documentation names. */
export function checkError(error: unknown): asserts error is ImmichError {
  if (!(error instanceof ImmichError)) {
    throw new Violation("an error came out that nobody documented", {
      cause: error,
    });
  }
  const { message } = error;
  check(message.length <= MAX_MESSAGE_LENGTH, "a message quotes too much");
  check(!message.includes("\n"), "a message has more than one line");
  check(!message.includes(SESSION.accessToken), "a message holds the token");
}

/** Runs a case, and fails if it hangs or leaves anything behind. */
export async function judge(run: () => Promise<void>): Promise<void> {
  const before = PROTOTYPES.map(describe);
  const rejections: unknown[] = [];
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    rejections.push(event.reason);
  };
  // Node has no such event: there, such a rejection ends the process.
  globalThis.addEventListener?.("unhandledrejection", onRejection);
  const hang = new Violation(`nothing came within ${HANG_MS} ms`);
  try {
    await inTime(run(), HANG_MS, hang);
    // A rejection that nobody handles is told after a turn.
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

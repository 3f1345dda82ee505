/** Runs `sync` against a scripted server, and logs what both sides see. */
import {
  type ImmichError,
  isImmichError,
  type SyncOptions,
  type SyncResult,
} from "../../mod.ts";
import { syncWith } from "../../src/sync/mod.ts";
import { turn } from "../support/events.ts";
import { SESSION } from "../support/fetch.ts";
import { LONG_MS } from "../support/timeouts.ts";
import type { ScriptedServer } from "../support/socket_script.ts";

/** A run's outcome. */
export interface RunOutcome {
  /** The result, if the run completed. */
  result: SyncResult | undefined;
  /** The code of the run's error; `null` if the run completed. */
  code: ImmichError["code"] | null;
}

/**
 * Runs `sync`. Adds to the server's log: "store" with the acks, "wipe", and
 * "wait" with the time.
 */
export async function run(
  { baseUrl, log, accept }: ScriptedServer,
  options: SyncOptions = {},
): Promise<RunOutcome> {
  let result: SyncResult | undefined;
  let error: unknown;
  try {
    result = await syncWith({ ...SESSION, baseUrl }, ["UsersV1"], {
      async process({ events }) {
        // Anything that did not wait for the store would write to the log
        // first.
        await turn();
        log.push(["store", ...events.map(({ ack }) => ack)].join(" "));
      },
      reset: () => void log.push("wipe"),
    }, {
      idleTimeoutMs: LONG_MS,
      ...options,
    }, {
      random: () => 0,
      now: () => 0,
      async sleep(ms) {
        log.push(`wait ${ms}`);
        await accept();
      },
    });
  } catch (caught) {
    error = caught;
  }
  return { result, code: codeOf(error) };
}

/**
 * Returns the code of one of the library's errors. Any other error is a bug,
 * and is rethrown.
 */
export function codeOf(error: unknown): ImmichError["code"] | null {
  if (error === undefined) return null;
  if (isImmichError(error)) return error.code;
  throw error;
}

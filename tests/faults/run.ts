/** Runs `sync` against a server by the script, and notes what both sides see. */
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

/** How a run went. */
export interface RunOutcome {
  /** What it gave, if it came to its end. */
  result: SyncResult | undefined;
  /** Code of the error that it failed with; `null` if it did not. */
  code: ImmichError["code"] | null;
}

/** Runs `sync`; the server's log gets "store" and the acks, "wipe", and "wait" and the time. */
export async function run(
  { baseUrl, log, accept }: ScriptedServer,
  options: SyncOptions = {},
): Promise<RunOutcome> {
  let result: SyncResult | undefined;
  let error: unknown;
  try {
    result = await syncWith({ ...SESSION, baseUrl }, ["UsersV1"], {
      async process({ events }) {
        // Whatever does not wait for it overtakes it.
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
  } catch (thrown) {
    error = thrown;
  }
  return { result, code: codeOf(error) };
}

/** The code of an error; what has none is a bug, and thrown. */
export function codeOf(error: unknown): ImmichError["code"] | null {
  if (error === undefined) return null;
  if (isImmichError(error)) return error.code;
  throw error;
}

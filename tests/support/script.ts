/** A scripted server that logs what a run does. */
import type {
  SyncEvent,
  SyncOptions,
  SyncProcessor,
  SyncResult,
  SyncSource,
} from "../../mod.ts";
import type { Env } from "../../src/http/mod.ts";
import { syncWith } from "../../src/sync/mod.ts";
import { testEnv } from "./env.ts";
import { SESSION } from "./fetch.ts";

/**
 * The response to one stream request: events, possibly followed by an error, or
 * only an error.
 */
export type ScriptedStream = (SyncEvent | Error)[] | Error;

/** A run's script. */
export interface Script {
  /** The streams, in order. */
  streams: ScriptedStream[];
  /**
   * The errors of the ack requests, in order; `undefined` for each request that
   * succeeds.
   */
  ackFailures?: (Error | undefined)[];
  /** Called when a stream is canceled before its end. */
  onLeave?: () => void;
}

/**
 * Creates an event of a type, optionally for the checkpoint of another type.
 */
export function event(type: string, ack = `${type}|1`): SyncEvent {
  return { type, data: {}, ack } as SyncEvent;
}

/** Creates upserts of assets, in order. */
export function assets(...ids: (string | number)[]): SyncEvent[] {
  return ids.map((id) => event("AssetV2", `AssetV2|${id}`));
}

export const COMPLETE: SyncEvent = event("SyncCompleteV1", "SyncCompleteV1|9");
export const RESET: SyncEvent = event("SyncResetV1", "SyncResetV1|reset");

/** The result of a run without changes. */
export const UNCHANGED: SyncResult = {
  counts: {},
  bytes: 0,
  resets: 0,
  streams: 1,
  complete: true,
  more: false,
  skipped: 0,
  lastFullAt: undefined,
};

/** Creates a scripted source that logs its calls. */
export function scripted(
  { streams, ackFailures = [], onLeave = () => {} }: Script,
): { log: string[]; source: SyncSource } {
  const log: string[] = [];
  const source: SyncSource = {
    syncStream(_session, types, { reset = false }) {
      log.push(`open ${types.join(" ")}${reset ? " from the beginning" : ""}`);
      const stream = streams.shift() ?? new Error("The script has ended");
      if (stream instanceof Error) return Promise.reject(stream);
      return Promise.resolve(toStream(stream, onLeave));
    },
    syncAck(_session, acks) {
      const failure = ackFailures.shift();
      const outcome = failure === undefined ? "" : " failed";
      log.push(`ack ${[...acks].join(" ")}${outcome}`);
      return failure === undefined
        ? Promise.resolve()
        : Promise.reject(failure);
    },
  };
  return { log, source };
}

function toStream(
  items: (SyncEvent | Error)[],
  onLeave: () => void,
): ReadableStream<SyncEvent> {
  const rest = items.values();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = rest.next();
      if (done) controller.close();
      else if (value instanceof Error) controller.error(value);
      else controller.enqueue(value);
    },
    cancel: onLeave,
  }, { highWaterMark: 0 });
}

/** A run's outcome. */
export interface Played {
  /** The log, in order. */
  log: string[];
  /** The result, if the run completed. */
  result: SyncResult | undefined;
  /** The error, if the run failed. */
  error: unknown;
}

/** Runs `sync` with a scripted server and a store that logs its calls. */
export async function play(
  script: Script | ScriptedStream[],
  options: SyncOptions = {},
  toProcessor: (log: string[]) => Partial<SyncProcessor> = () => ({}),
  env: Partial<Env> = {},
): Promise<Played> {
  const { log, source } = scripted(
    Array.isArray(script) ? { streams: script } : script,
  );
  let result: SyncResult | undefined;
  let error: unknown;
  try {
    result = await syncWith(
      SESSION,
      ["AssetsV2"],
      {
        process({ type, events }) {
          log.push(`store ${type} ${events.map(nameOf).join(" ")}`);
        },
        reset: () => void log.push("wipe"),
        ...toProcessor(log),
      },
      { source, ...options },
      testEnv({
        random: () => 1,
        sleep: (ms) => Promise.resolve(void log.push(`wait ${ms}`)),
        ...env,
      }),
    );
  } catch (thrown) {
    error = thrown;
  }
  return { log, result, error };
}

function nameOf({ ack }: SyncEvent): string {
  return ack.slice(ack.indexOf("|") + 1);
}

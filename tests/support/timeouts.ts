/** Idle timeouts controlled by a test. */
import {
  deleteSyncAcks,
  serverVersion,
  syncAck,
  type SyncSource,
  syncStream,
} from "../../mod.ts";
import { HOUR_MS } from "./clock.ts";

/** Far longer than a live server is ever silent, even on a slow machine. */
export const LONG_MS = 300_000;

/** An idle timeout that expires only if a test's `Clock` advances. */
export const BY_CLOCK: { idleTimeoutMs: number } = {
  idleTimeoutMs: 2 * HOUR_MS,
};

/** Selects the requests whose timeouts are controlled by a test's clock. */
export interface Timed {
  kind: "syncStream" | "syncAck" | "deleteSyncAcks" | "serverVersion";
  /**
   * Number of the first request.
   * @default {1}
   */
  from?: number;
  /**
   * Number of the last request.
   * @default {from}
   */
  to?: number;
  /**
   * Called with 0 when a selected stream opens, and with the number of new
   * bytes whenever some arrive.
   */
  onBytes?: (bytes: number) => void;
}

/**
 * Creates a source for `sync` in which a test's clock controls the timeouts of
 * some requests.
 */
export function timed(
  { kind, from = 1, to = from, onBytes = () => {} }: Timed,
): SyncSource {
  let count = 0;
  const timeout = (of: Timed["kind"]) => {
    const isMeant = of === kind && ++count >= from && count <= to;
    return isMeant ? BY_CLOCK : { idleTimeoutMs: LONG_MS };
  };
  return {
    async syncStream(session, types, options) {
      const chosen = timeout("syncStream");
      const stream = await syncStream(session, types, {
        ...options,
        ...chosen,
        onBytes(bytes) {
          options.onBytes?.(bytes);
          if (chosen === BY_CLOCK) onBytes(bytes);
        },
      });
      if (chosen === BY_CLOCK) onBytes(0);
      return stream;
    },
    syncAck: (session, acks, options) =>
      syncAck(session, acks, { ...options, ...timeout("syncAck") }),
    deleteSyncAcks: (session, options) =>
      deleteSyncAcks(session, { ...options, ...timeout("deleteSyncAcks") }),
    serverVersion: (session, options) =>
      serverVersion(session, { ...options, ...timeout("serverVersion") }),
  };
}

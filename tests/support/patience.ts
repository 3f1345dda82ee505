/** A server whose silence ends when a test says so. */
import {
  deleteSyncAcks,
  serverVersion,
  syncAck,
  type SyncSource,
  syncStream,
} from "../../mod.ts";
import { HOUR_MS } from "./clock.ts";

/** Longer than any server needs to say something, on any machine. */
export const LONG_MS = 300_000;

/** A silence that only a clock in the hands of a test can end. */
export const BY_CLOCK: { idleTimeoutMs: number } = {
  idleTimeoutMs: 2 * HOUR_MS,
};

/** Which requests of a run are waited for by the clock of a test. */
export interface Timed {
  kind: "syncStream" | "syncAck" | "deleteSyncAcks" | "serverVersion";
  /**
   * The first of them.
   * @default {1}
   */
  from?: number;
  /**
   * The last of them.
   * @default {from}
   */
  to?: number;
  /** Told when a stream that is waited for begins, and of the bytes that it brings. */
  onBytes?: (bytes: number) => void;
}

/** The server as `sync` reaches it, with some requests by the clock of a test, and no others. */
export function timed(
  { kind, from = 1, to = from, onBytes = () => {} }: Timed,
): SyncSource {
  let count = 0;
  const patience = (of: Timed["kind"]) => {
    const isMeant = of === kind && ++count >= from && count <= to;
    return isMeant ? BY_CLOCK : { idleTimeoutMs: LONG_MS };
  };
  return {
    async syncStream(session, types, options) {
      const patient = patience("syncStream");
      const stream = await syncStream(session, types, {
        ...options,
        ...patient,
        onBytes(bytes) {
          options.onBytes?.(bytes);
          if (patient === BY_CLOCK) onBytes(bytes);
        },
      });
      if (patient === BY_CLOCK) onBytes(0);
      return stream;
    },
    syncAck: (session, acks, options) =>
      syncAck(session, acks, { ...options, ...patience("syncAck") }),
    deleteSyncAcks: (session, options) =>
      deleteSyncAcks(session, { ...options, ...patience("deleteSyncAcks") }),
    serverVersion: (session, options) =>
      serverVersion(session, { ...options, ...patience("serverVersion") }),
  };
}

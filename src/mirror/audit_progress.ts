/**
 * The progress of an audit.
 *
 * @module
 */
import type { SyncProgress } from "../sync/mod.ts";

/** Reports the progress of several runs as if they were one run. */
export class AuditProgress {
  readonly #onProgress: (progress: SyncProgress) => void;
  #last: SyncProgress = {
    state: "idle",
    type: undefined,
    events: 0,
    bytes: 0,
  };
  #before = { events: 0, bytes: 0 };

  /** Creates a report with all counts at zero. */
  constructor(onProgress: (progress: SyncProgress) => void = () => {}) {
    this.#onProgress = onProgress;
  }

  /** Reports the progress of a run, except its end. */
  readonly report = (progress: SyncProgress): void | Promise<void> => {
    const events = this.#before.events + progress.events;
    const bytes = this.#before.bytes + progress.bytes;
    this.#last = { ...progress, events, bytes };
    const { state } = progress;
    if (state === "complete") this.#before = { events, bytes };
    if (state === "complete" || state === "failed") return;
    // The run ignores errors thrown by the callback.
    return this.#onProgress(this.#last);
  };

  /** Reports the end of the audit. */
  end(state: "complete" | "failed"): void {
    const report = async () => await this.#onProgress({ ...this.#last, state });
    report().catch(() => {});
  }
}

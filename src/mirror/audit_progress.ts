/**
 * The progress of an audit.
 *
 * @module
 */
import type { SyncProgress } from "../sync/mod.ts";
import type { MirrorProgress } from "./mirror_options.ts";

/** Reports the progress of several runs as if they were one run. */
export class AuditProgress {
  readonly #onProgress: (progress: MirrorProgress) => void;
  #last: MirrorProgress;
  #before = { events: 0, bytes: 0 };

  /** Creates a report with all counts at zero. */
  constructor(
    onProgress: (progress: MirrorProgress) => void = () => {},
    rowsBefore: number | undefined = undefined,
  ) {
    this.#onProgress = onProgress;
    this.#last = {
      state: "idle",
      // An audit reads the whole library.
      full: true,
      type: undefined,
      events: 0,
      bytes: 0,
      rowsBefore,
    };
  }

  /** Reports the progress of a run, except its end. */
  readonly report = (progress: SyncProgress): void | Promise<void> => {
    const events = this.#before.events + progress.events;
    const bytes = this.#before.bytes + progress.bytes;
    const { state, type } = progress;
    this.#last = { ...this.#last, state, type, events, bytes };
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

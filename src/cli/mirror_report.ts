/**
 * Tells the user how the runs of `mirror` go.
 *
 * @module
 */
import type { ImmichError } from "../errors/mod.ts";
import type { TraceEvent } from "../http/mod.ts";
import type { Mirror, MirrorProgress } from "../mirror/mod.ts";
import type { SyncResult } from "../sync/mod.ts";
import { toSessionEnded } from "./copy_session.ts";
import { toCount } from "./count.ts";
import { toWords } from "./duration.ts";
import { toFailure } from "./failure.ts";
import type { Io } from "./io.ts";
import { toJsonLine } from "./json.ts";
import { ProgressReport, type ProgressStyle } from "./progress_report.ts";

/** Reports one run after another. */
export class MirrorReport {
  readonly #io: Io;
  readonly #style: ProgressStyle;
  readonly #file: string;
  readonly #progress: ProgressReport;
  /** Whether a run is worth a line even if nothing has changed. */
  #isNews = true;
  #saying: Promise<unknown> = Promise.resolve();

  /**
   * Creates a report; prints nothing yet.
   *
   * @param file The file, as the user wrote it.
   */
  constructor(io: Io, style: ProgressStyle, file: string) {
    this.#io = io;
    this.#style = style;
    this.#file = file;
    this.#progress = new ProgressReport(io, style);
  }

  /** Remembers why the last request failed. */
  trace(event: TraceEvent): void {
    this.#progress.trace(event);
  }

  /** Shows the progress of a run. */
  show(progress: MirrorProgress): void {
    // Stopping is neither a failure nor news.
    if (!this.#io.signal.aborted) this.#progress.show(progress);
  }

  /** Says something that is neither a result nor an error. */
  readonly say = (text: string): void => {
    if (this.#style === "none") return;
    this.#saying = this.#progress.clear()
      .then(() => this.#io.stderr.write(`${text}\n`)).catch(() => {});
  };

  /**
   * Prints the result of a run.
   *
   * @param waitMs The time until the next run, in milliseconds, if one follows.
   */
  async succeed(
    result: SyncResult,
    mirror: Mirror,
    waitMs?: number,
  ): Promise<void> {
    const ms = await this.#progress.end();
    const events = Object.values(result.counts).reduce((a, b) => a + b, 0);
    if (this.#style === "json") {
      const { rows } = await mirror.status();
      const about = { file: this.#file, ms: Math.round(ms) };
      await this.#print(
        toJsonLine({ type: "result", ...about, ...result, rows }),
      );
    } else if (events > 0 || this.#isNews) {
      const what = events === 0
        ? "nothing has changed"
        : `received ${toCount(events, "event")} in ${toWords(ms)}`;
      await this.#print(`${this.#file} is up to date: ${what}\n`);
    }
    // Otherwise, each run without changes would add a line to a log.
    this.#isNews = false;
    if (waitMs !== undefined) {
      this.#progress.note(`Up to date. Next run in ${toWords(waitMs)}.`);
    }
  }

  /** Prints why a run has failed, and when the next one follows. */
  async fail(error: ImmichError, waitMs: number): Promise<void> {
    await this.#progress.end();
    const { text } = toFailure(toSessionEnded(error));
    if (this.#style === "json") {
      const about = { file: this.#file, retryInMs: Math.round(waitMs) };
      await this.#print(toJsonLine({ type: "error", message: text, ...about }));
    }
    const when = waitMs === 0 ? "now" : `in ${toWords(waitMs)}`;
    await this.#io.stderr.write(`${text}; next run ${when}\n`);
    this.#isNews = true;
  }

  /** Ends the report. If Ctrl-C has ended the run, says how to continue it. */
  async end(): Promise<void> {
    await this.#saying;
    await this.#progress.clear();
    // As JSON, every command says so in the same way.
    if (!this.#io.signal.aborted || this.#style === "json") return;
    await this.#print(
      `Stopped; the next run of "mirror" continues ${this.#file}\n`,
    );
  }

  async #print(text: string): Promise<void> {
    if (this.#style !== "none") await this.#io.stdout.write(text);
  }
}

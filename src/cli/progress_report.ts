/**
 * Shows the progress of a run: a bar on a terminal, and lines elsewhere.
 *
 * @module
 */
import { toSingleLine } from "../http/mod.ts";
import type { MirrorProgress } from "../mirror/mod.ts";
import type { SyncProgress } from "../sync/mod.ts";
import type { Io } from "./io.ts";
import { toJson } from "./to_json.ts";

/** How to show progress. */
export type ProgressStyle = "bar" | "lines" | "json" | "none";

const BAR_WIDTH = 24;

/** The time between two updates, in milliseconds. */
const EVERY_MS: Readonly<Record<ProgressStyle, number>> = {
  bar: 100,
  lines: 2_000,
  json: 2_000,
  none: Infinity,
};

/** State → words, for the states worth mentioning. */
const STATES: Partial<Record<SyncProgress["state"], string>> = {
  retrying: "connection lost, retrying",
  resetting: "starting over",
};

const WAITING = "waiting for the server";

/** Shows the progress of one run after another. */
export class ProgressReport {
  readonly #io: Pick<Io, "stdout" | "clock">;
  readonly #style: ProgressStyle;
  #startedAt: number;
  #shownAt = -Infinity;
  #shownEvents = 0;
  #shownState: SyncProgress["state"] = "idle";
  #writing: Promise<void> = Promise.resolve();

  /** Creates a report; shows nothing yet. */
  constructor(io: Pick<Io, "stdout" | "clock">, style: ProgressStyle) {
    this.#io = io;
    this.#style = style;
    this.#startedAt = io.clock.now();
  }

  /** Begins the next run. */
  begin(): void {
    this.#startedAt = this.#io.clock.now();
    this.#shownAt = -Infinity;
    this.#shownEvents = 0;
  }

  /** Shows progress, unless it was shown a moment ago. */
  show(progress: MirrorProgress): void {
    const style = this.#style;
    const { state, events } = progress;
    if (style === "none") return;
    const now = this.#io.clock.now();
    const isNew = state !== this.#shownState && STATES[state] !== undefined;
    const isDue = now - this.#shownAt >= EVERY_MS[style] &&
      (style === "bar" || events > this.#shownEvents);
    if (!isNew && !isDue) return;
    this.#shownAt = now;
    this.#shownEvents = events;
    this.#shownState = state;
    const ms = now - this.#startedAt;
    if (style === "json") {
      const { type: entity, ...rest } = progress;
      const line = { type: "progress", ...rest, entity };
      this.#write(`${toJson(line)}\n`);
    } else if (style === "lines") {
      this.#write(`${toLine(progress, ms)}\n`);
    } else this.#draw(`${toBar(progress)} ${toLine(progress, ms)}`);
  }

  /** Shows a line that the next output replaces. Terminals only. */
  note(text: string): void {
    if (this.#style === "bar") this.#draw(text);
  }

  /** Removes the bar, and waits until everything is written. */
  async clear(): Promise<void> {
    if (this.#style === "bar") this.#write("\r\x1b[K");
    await this.#writing;
  }

  #draw(text: string): void {
    // A line that fills the terminal would be wrapped.
    this.#write(`\r${text.slice(0, this.#io.stdout.columns - 1)}\x1b[K`);
  }

  #write(text: string): void {
    // A failure is reported by the next write that is awaited.
    const write = () => this.#io.stdout.write(text).catch(() => {});
    this.#writing = this.#writing.then(write);
  }
}

/** Formats a number for people, such as `100,000`. */
export function toNumber(value: number): string {
  return value.toLocaleString("en");
}

/** The expected number of rows, if known. */
function expected({ rowsBefore = 0 }: MirrorProgress): number | undefined {
  return rowsBefore > 0 ? rowsBefore : undefined;
}

/** Creates a bar that fills up, or one with a moving mark if the total is unknown. */
function toBar(progress: MirrorProgress): string {
  const { events } = progress;
  const total = expected(progress);
  if (total === undefined) {
    const place = Math.ceil(events / 1_000) % BAR_WIDTH;
    return `[${"·".repeat(place)}█${"·".repeat(BAR_WIDTH - 1 - place)}]`;
  }
  const share = Math.min(events / total, 0.99);
  const filled = Math.floor(share * BAR_WIDTH);
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  return `[${"█".repeat(filled)}${"·".repeat(BAR_WIDTH - filled)}]${percent}`;
}

function toLine(progress: MirrorProgress, ms: number): string {
  const { state, type, events, bytes } = progress;
  const total = expected(progress);
  const of = total === undefined ? "" : ` of about ${toNumber(total)}`;
  const rate = ms < 1_000
    ? ""
    : `, ${toNumber(Math.round(events / ms * 1_000))} per second`;
  const what = STATES[state] ?? toSingleLine(type ?? WAITING, 40);
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  const unit = total === undefined && events === 1 ? "row" : "rows";
  return `${toNumber(events)}${of} ${unit}, ${size}${rate}, ${what}`;
}

/**
 * Shows the progress of a run: a bar on a terminal, and lines elsewhere.
 *
 * @module
 */
import { toSingleLine, type TraceEvent } from "../http/mod.ts";
import type { MirrorProgress } from "../mirror/mod.ts";
import type { SyncProgress } from "../sync/mod.ts";
import { toCount, toNumber } from "./count.ts";
import type { Io } from "./io.ts";
import { toJsonLine } from "./json.ts";

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

/** The widest line without a terminal, in characters. */
const LINE_WIDTH = 80;

/** State → words, for the states worth mentioning. */
const STATES: Partial<Record<SyncProgress["state"], string>> = {
  retrying: "retrying",
  resetting: "starting over",
};

const WAITING = "waiting for the server";

/** Shows the progress of one run after another. */
export class ProgressReport {
  readonly #io: Pick<Io, "stdout" | "clock">;
  readonly #style: ProgressStyle;
  /** When the run first showed progress. */
  #startedAt: number | undefined;
  #shownAt = -Infinity;
  #shownEvents = 0;
  #shownState: SyncProgress["state"] = "idle";
  /** Why the run retries, if known. */
  #reason = "";
  #writing: Promise<void> = Promise.resolve();

  /** Creates a report; shows nothing yet. */
  constructor(io: Pick<Io, "stdout" | "clock">, style: ProgressStyle) {
    this.#io = io;
    this.#style = style;
  }

  /** Remembers why the last request failed. */
  trace(event: TraceEvent): void {
    if (event.type !== "error" && event.type !== "interruption") return;
    this.#reason = toReason(event);
  }

  /** Shows progress, unless it was shown a moment ago. */
  show(progress: MirrorProgress): void {
    const style = this.#style;
    const { state, events } = progress;
    const now = this.#io.clock.now();
    this.#startedAt ??= now;
    if (style === "none") return;
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
      this.#write(toJsonLine({ type: "progress", ...rest, entity }));
    } else if (style === "lines") {
      const percent = toPercent(progress);
      const parts = [...percent ? [percent] : [], ...this.#parts(progress, ms)];
      this.#write(`${fit(parts, LINE_WIDTH)}\n`);
    } else {
      const bar = `${toBar(progress)} `;
      // A line that fills the terminal would be wrapped.
      const width = this.#io.stdout.columns - 1 - bar.length;
      this.#draw(bar + fit(this.#parts(progress, ms), width));
    }
  }

  /** Describes progress in parts, of which the last one matters least. */
  #parts({ state, type, events }: MirrorProgress, ms: number): string[] {
    const reason = state === "retrying" ? this.#reason : "";
    const parts = [
      toCount(events, "event"),
      reason + (STATES[state] ?? toSingleLine(type ?? WAITING, 40)),
    ];
    if (ms < 1_000) return parts;
    return [
      ...parts,
      `${toNumber(Math.round(events / ms * 1_000))} per second`,
    ];
  }

  /** Ends a run. Returns how long it took, in milliseconds. */
  async end(): Promise<number> {
    const now = this.#io.clock.now();
    const startedAt = this.#startedAt ?? now;
    this.#startedAt = undefined;
    this.#shownAt = -Infinity;
    this.#shownEvents = 0;
    await this.clear();
    return now - startedAt;
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
    this.#write(`\r${text.slice(0, this.#io.stdout.columns - 1)}\x1b[K`);
  }

  #write(text: string): void {
    // A failure is reported by the next write that is awaited.
    const write = () => this.#io.stdout.write(text).catch(() => {});
    this.#writing = this.#writing.then(write);
  }
}

function toReason(
  event: TraceEvent & { type: "error" | "interruption" },
): string {
  const { code, status } = event;
  if (code === "http" && status !== undefined) {
    return `the server responded with ${status}, `;
  }
  return /^(?:connection|idle_timeout|truncated)$/.test(code)
    ? "connection lost, "
    : "";
}

/**
 * Returns how much of the library has been received; `undefined` if its size is
 * unknown. Some rows arrive twice, so the share of the events is an estimate.
 */
function toShare(
  { events, rowsBefore = 0 }: MirrorProgress,
): number | undefined {
  return rowsBefore > 0 ? Math.min(events / rowsBefore, 0.99) : undefined;
}

function toPercent(progress: MirrorProgress): string {
  const share = toShare(progress);
  return share === undefined ? "" : `${Math.floor(share * 100)}%`;
}

/** Creates a bar that fills up, or one with a moving mark if the total is unknown. */
function toBar(progress: MirrorProgress): string {
  const share = toShare(progress);
  if (share === undefined) {
    const place = Math.ceil(progress.events / 1_000) % BAR_WIDTH;
    return `[${"·".repeat(place)}█${"·".repeat(BAR_WIDTH - 1 - place)}]`;
  }
  const filled = Math.floor(share * BAR_WIDTH);
  const percent = toPercent(progress).padStart(4);
  return `[${"█".repeat(filled)}${"·".repeat(BAR_WIDTH - filled)}]${percent}`;
}

/** Joins as many parts as fit, and cuts even the first two at a word if need be. */
function fit(parts: readonly string[], width: number): string {
  const text = parts.join(", ");
  if (text.length <= width) return text;
  if (parts.length > 2) return fit(parts.slice(0, -1), width);
  return text.slice(0, width + 1).replace(/[\s,]+\S*$/, "").slice(0, width);
}

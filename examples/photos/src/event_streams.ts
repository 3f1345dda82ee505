/**
 * Server-sent events that show a copy's progress.
 *
 * @module
 */
import type { Copy } from "./copy.ts";

/** Number of streams that may be open at once. */
const MAX_STREAMS = 10;

/** The shortest time between two events, in milliseconds. */
const INTERVAL_MS = 250;

/**
 * After this long without an event, a comment tests whether the browser is still
 * there.
 */
const HEARTBEAT_MS = 10_000;

/** A part of a stream. */
export interface StreamEvent {
  /** `progress` during a run, and `over` at its end. */
  event: "progress" | "over";
  /** HTML; "" if the page only has to be reloaded. */
  data: string;
}

/** Returns the event that shows a copy's state. */
export type Render = (copy: Copy) => StreamEvent;

/** The event streams of one copy; each is sent to one browser. */
export class EventStreams {
  readonly #render: Render;
  readonly #streams = new Set<EventStream>();

  constructor(render: Render) {
    this.#render = render;
  }

  /**
   * Opens a stream, which ends when the run ends or the browser leaves.
   *
   * @returns The stream, or `undefined` if too many are open.
   */
  open(ticket: string, copy: Copy): ReadableStream<Uint8Array> | undefined {
    if (this.#streams.size >= MAX_STREAMS) return undefined;
    const stream = new EventStream(ticket, () => this.#streams.delete(stream));
    this.#streams.add(stream);
    stream.send(this.#render(copy));
    return stream.readable;
  }

  /** Sends a copy's new state to all streams. */
  send(copy: Copy): void {
    if (this.#streams.size === 0) return;
    const event = this.#render(copy);
    for (const stream of this.#streams) stream.send(event);
  }

  /** Ends the streams of a browser that has signed out. */
  close(ticket: string): void {
    for (const stream of this.#streams) {
      if (stream.ticket === ticket) stream.send({ event: "over", data: "" });
    }
  }
}

/** One stream. While it is paused, it keeps only the newest event. */
class EventStream {
  readonly ticket: string;
  readonly readable: ReadableStream<Uint8Array>;
  readonly #onEnd: () => void;
  #controller!: ReadableByteStreamController;
  #next: StreamEvent | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the last event was sent less than `INTERVAL_MS` ago. */
  #isPaused = false;

  constructor(ticket: string, onEnd: () => void) {
    this.ticket = ticket;
    this.#onEnd = onEnd;
    this.readable = new ReadableStream({
      type: "bytes",
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => this.#end(),
    });
  }

  send(event: StreamEvent): void {
    this.#next = event;
    if (!this.#isPaused || event.event === "over") this.#flush();
  }

  #flush(): void {
    const next = this.#next;
    this.#next = undefined;
    this.#clearTimer();
    this.#isPaused = next !== undefined;
    this.#write(next === undefined ? ":\n\n" : toText(next));
    if (next?.event === "over") {
      this.#end();
      this.#controller.close();
      return;
    }
    this.#timer = setTimeout(
      () => {
        this.#isPaused = false;
        if (this.#next !== undefined) this.#flush();
        else this.#timer = setTimeout(() => this.#flush(), HEARTBEAT_MS);
      },
      INTERVAL_MS,
    );
  }

  #write(text: string): void {
    this.#controller.enqueue(new TextEncoder().encode(text));
  }

  #end(): void {
    this.#clearTimer();
    this.#onEnd();
  }

  #clearTimer(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }
}

function toText({ event, data }: StreamEvent): string {
  const lines = data.split("\n").map((line) => `data: ${line}\n`);
  return `event: ${event}\n${lines.join("")}\n`;
}

/**
 * Server-sent events that show a copy's progress.
 *
 * @module
 */

/** Number of streams that may be open at once. */
const MAX_STREAMS = 10;

/** The shortest time between two events, in milliseconds. */
const INTERVAL_MS = 250;

/**
 * After this many intervals without an event, a comment tests whether the
 * browsers are still connected.
 */
const HEARTBEAT = 40;

/** A part of a stream. */
export interface StreamEvent {
  /** `progress` during a run, and `over` at its end. */
  event: "progress" | "over";
  /** HTML; "" if the page only has to be reloaded. */
  data: string;
}

/** A copy's event streams, one for each browser. */
export class EventStreams {
  readonly #render: () => StreamEvent;
  /** The ticket of each stream's browser. */
  readonly #streams = new Map<ReadableByteStreamController, string>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #hasChanged = false;
  #quiet = 0;

  /** Creates no streams yet; `render` returns the event that shows the copy's state. */
  constructor(render: () => StreamEvent) {
    this.#render = render;
  }

  /**
   * Opens a stream, which ends when the run ends or the browser leaves.
   *
   * @returns The stream, or `undefined` if too many are open.
   */
  open(ticket: string): ReadableStream<Uint8Array> | undefined {
    if (this.#streams.size >= MAX_STREAMS) return undefined;
    let controller!: ReadableByteStreamController;
    const stream = new ReadableStream({
      type: "bytes",
      start: (it) => void (controller = it),
      cancel: () => this.#remove(controller),
    });
    this.#streams.set(controller, ticket);
    this.#timer ??= setInterval(() => this.#tick(), INTERVAL_MS);
    this.#send(controller, this.#render());
    return stream;
  }

  /** Called when the copy's state has changed; the end of a run is sent at once. */
  change(): void {
    if (this.#streams.size === 0) return;
    this.#hasChanged = true;
    if (this.#render().event === "over") this.#tick();
  }

  /** Ends the streams of a browser that has signed out. */
  close(ticket: string): void {
    for (const [controller, one] of this.#streams) {
      if (one === ticket) this.#send(controller, { event: "over", data: "" });
    }
  }

  #tick(): void {
    if (!this.#hasChanged && ++this.#quiet < HEARTBEAT) return;
    const event = this.#hasChanged ? this.#render() : undefined;
    this.#hasChanged = false;
    this.#quiet = 0;
    for (const controller of this.#streams.keys()) {
      this.#send(controller, event);
    }
  }

  /** Sends an event, or a comment if there is no event. */
  #send(controller: ReadableByteStreamController, event?: StreamEvent): void {
    const text = event === undefined ? ":\n\n" : toText(event);
    controller.enqueue(new TextEncoder().encode(text));
    if (event?.event !== "over") return;
    this.#remove(controller);
    controller.close();
  }

  #remove(controller: ReadableByteStreamController): void {
    this.#streams.delete(controller);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer!);
    this.#timer = undefined;
  }
}

function toText({ event, data }: StreamEvent): string {
  return `event: ${event}\ndata: ${data.replaceAll("\n", "\ndata: ")}\n\n`;
}

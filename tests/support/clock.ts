/** A clock controlled by a test. */
import { turn, until } from "./events.ts";

export const HOUR_MS: number = 60 * 60 * 1000;

interface Timer {
  at: number;
  run: () => void;
}

/**
 * Replaces timers of an hour or more, so that the test, not the machine,
 * decides when they fire. Shorter timers stay real, because runtimes use some
 * of them.
 */
export class Clock implements Disposable {
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
  };
  readonly #timers = new Map<unknown, Timer>();
  #now = 0;
  /** Number of timers set so far, including short ones. */
  started = 0;
  /** The longest delay of any timer so far, in milliseconds. */
  longestMs = 0;

  /** Replaces the timers that are set from now on. */
  constructor() {
    const { setTimeout, clearTimeout } = this.#real;
    const hold = (
      run: (...args: unknown[]) => void,
      delayMs = 0,
      ...args: unknown[]
    ) => {
      this.started++;
      const timer = { at: this.#now + delayMs, run: () => run(...args) };
      if (delayMs < HOUR_MS) return setTimeout(timer.run, delayMs);
      this.longestMs = Math.max(this.longestMs, delayMs);
      this.#timers.set(timer, timer);
      return timer;
    };
    const release = (id?: unknown) => {
      if (!this.#timers.delete(id)) clearTimeout(id as number);
    };
    Object.assign(globalThis, { setTimeout: hold, clearTimeout: release });
  }

  /** Number of pending timers. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Advances the clock, and runs each timer when it is due. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await turn();
      const [next] = this.#dueAt(end);
      if (next === undefined) break;
      this.#now = next.at;
      this.#run(next);
    }
    this.#now = end;
  }

  /** Advances the clock until a promise settles. */
  async passUntil(over: Promise<unknown>): Promise<void> {
    let isOver = false;
    const end = () => void (isOver = true);
    over.then(end, end);
    await until(async () => {
      await this.pass(HOUR_MS);
      return isOver;
    }, "the promise settles");
  }

  /** Advances the clock as if the event loop were blocked: due timers run late. */
  block(ms: number): void {
    this.#now += ms;
    for (const timer of this.#dueAt(this.#now)) this.#run(timer);
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
  }

  #dueAt(time: number): Timer[] {
    return [...this.#timers.values()].filter(({ at }) => at <= time)
      .sort((a, b) => a.at - b.at);
  }

  #run(timer: Timer): void {
    this.#timers.delete(timer);
    timer.run();
  }
}

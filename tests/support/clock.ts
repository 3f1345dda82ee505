/** Time that passes when a test says so. */
import { turn, until } from "./events.ts";

export const HOUR_MS: number = 60 * 60 * 1000;

interface Timer {
  at: number;
  run: () => void;
}

/**
 * Holds timers of an hour and more, so that a test and not the machine says when
 * they are due. Shorter ones are real: runtimes have some of their own.
 */
export class Clock implements Disposable {
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
  };
  readonly #timers = new Map<unknown, Timer>();
  #now = 0;

  /** Holds timers from now on. */
  constructor() {
    const { setTimeout, clearTimeout } = this.#real;
    const hold = (
      run: (...args: unknown[]) => void,
      delayMs = 0,
      ...args: unknown[]
    ) => {
      const timer = { at: this.#now + delayMs, run: () => run(...args) };
      if (delayMs < HOUR_MS) return setTimeout(timer.run, delayMs);
      this.#timers.set(timer, timer);
      return timer;
    };
    const release = (id?: unknown) => {
      if (!this.#timers.delete(id)) clearTimeout(id as number);
    };
    Object.assign(globalThis, { setTimeout: hold, clearTimeout: release });
  }

  /** Timers that are held. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time pass: each timer runs when it is due. */
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

  /** Lets time pass until something is over, which may fail. */
  async passUntil(over: Promise<unknown>): Promise<void> {
    let isOver = false;
    const end = () => void (isOver = true);
    over.then(end, end);
    await until(async () => {
      await this.pass(HOUR_MS);
      return isOver;
    }, "it is over, whatever time passes");
  }

  /** Lets time pass in which nothing runs: what was due meanwhile runs late. */
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

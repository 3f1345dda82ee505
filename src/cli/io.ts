/**
 * What the command needs from its process. Tests replace all of it.
 *
 * @module
 */
import type { Env, Fetch } from "../http/mod.ts";

/** A stream that the command prints to. */
export interface Output {
  /** Whether the stream is a terminal. */
  readonly isTerminal: boolean;
  /** The width of the terminal, in characters. */
  readonly columns: number;
  /**
   * Writes text, and resolves once the operating system has accepted all of it.
   *
   * @throws {ClosedPipeError} If the reader has closed the pipe.
   */
  write(text: string): Promise<void>;
}

/** The stream that the command reads from. */
export interface Input {
  /** Whether the stream is a terminal. */
  readonly isTerminal: boolean;
  /** Sets whether the terminal passes on each key at once, without showing it. */
  setRawMode(isRaw: boolean): void;
  /** Reads text as it arrives. Ends if the signal is aborted. */
  read(signal: AbortSignal): AsyncIterable<string>;
}

/** The process of the command. */
export interface Io {
  /** For results. */
  readonly stdout: Output;
  /** For errors, notices and questions. */
  readonly stderr: Output;
  /** For the password. */
  readonly stdin: Input;
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The operating system: `win32`, `darwin`, or any other name, treated like Linux. */
  readonly platform: string;
  /** The user's home directory; empty if there is none. */
  readonly home: string;
  /** The clock, random numbers and timers. */
  readonly clock: Env;
  /** Sends the requests. */
  readonly fetch: Fetch;
  /** Aborted when the user presses Ctrl-C. */
  readonly signal: AbortSignal;
  /** Stops the command, as Ctrl-C does. */
  interrupt(): void;
  /** Opens a page in the user's browser, if there is one. */
  openBrowser(url: string): void;
}

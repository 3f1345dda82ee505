/**
 * The command's process in Deno, Node and Bun.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { fstatSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import process from "node:process";
import { SYSTEM } from "../http/mod.ts";
import { ClosedPipeError } from "./errors.ts";
import { EXIT } from "./exit_codes.ts";
import type { Input, Io, Output } from "./io.ts";

/** Returns the command's process, in which Ctrl-C stops the command. */
export function processIo(): Io {
  const end = new AbortController();
  const reason = new DOMException("The user pressed Ctrl-C", "AbortError");
  function interrupt(): void {
    // A second Ctrl-C ends the process at once.
    if (end.signal.aborted) process.exit(EXIT.interrupted);
    end.abort(reason);
  }
  process.on("SIGINT", interrupt);
  // Windows has no such signal.
  if (process.platform !== "win32") process.on("SIGTERM", interrupt);
  return {
    stdout: toOutput(process.stdout, 1),
    stderr: toOutput(process.stderr, 2),
    stdin: toInput(process.stdin),
    env: process.env,
    platform: process.platform,
    home: homeDirectory(),
    clock: SYSTEM,
    fetch: (url, init) => fetch(url, init),
    signal: end.signal,
    interrupt,
    openBrowser: (url) => openBrowser(url, process.platform),
  };
}

/** Returns the user's home directory, or "" if there is none, as in some containers. */
export function homeDirectory(find: () => string | null = homedir): string {
  try {
    return find() ?? "";
  } catch {
    return "";
  }
}

/** The members of `process.stdout` and `process.stderr` that are used. */
interface Writable {
  isTTY?: boolean;
  columns?: number;
  write(text: string, done: (error?: Error | null) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

function toOutput(stream: Writable, fd: number): Output {
  const isFile = leadsToFile(fd);
  let failure: Error | undefined;
  // Without a listener, the process would end with a stack trace.
  stream.on("error", (error) => failure ??= error);
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns || 80;
    },
    write(text) {
      return new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(toWriteError(failure));
        if (isFile) {
          writeAll(text, (bytes) => writeSync(fd, bytes));
          return resolve();
        }
        stream.write(text, (error) => {
          if (error) reject(toWriteError(error));
          else resolve();
        });
      });
    },
  };
}

function leadsToFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    // The output is closed.
    return false;
  }
}

/**
 * Writes text to a file until all of it is written. Node's own stream ignores that
 * a disk that becomes full accepts only a part (2026-11).
 *
 * @param write Writes bytes, and returns how many were accepted.
 */
export function writeAll(
  text: string,
  write: (bytes: Uint8Array) => number,
): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(write(bytes));
}

function toWriteError(error: Error & { code?: string }): Error {
  const isClosed = /^(?:EPIPE|ECONNRESET|EOF|ERR_STREAM_DESTROYED)$/
    .test(error.code ?? "");
  return isClosed ? new ClosedPipeError() : error;
}

/** The members of `process.stdin` that are used. */
interface Readable extends AsyncIterable<Uint8Array> {
  isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  destroy(): unknown;
}

function toInput(stream: Readable): Input {
  return {
    isTerminal: stream.isTTY === true,
    setRawMode: (isRaw) => void stream.setRawMode?.(isRaw),
    async *read(signal) {
      const stop = () => void stream.destroy();
      signal.addEventListener("abort", stop);
      const decoder = new TextDecoder();
      try {
        for await (const bytes of stream) {
          yield decoder.decode(bytes, { stream: true });
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
  };
}

/** Opens a page. Failures are ignored, because the address is printed, too. */
function openBrowser(url: string, platform: string): void {
  const [command = "", ...args] = platform === "darwin"
    ? ["open", url]
    : platform === "win32"
    // `start` would interpret the ampersands in the address.
    ? ["rundll32", "url.dll,FileProtocolHandler", url]
    : ["xdg-open", url];
  const child = spawn(command, args, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}

/**
 * Waits while the database is in use.
 *
 * @module
 */
import { checkOptions, SYSTEM } from "../http/mod.ts";
import { MirrorError } from "./error.ts";

/** The time between two attempts, in milliseconds. */
const RETRY_MS = 20;

/** Options for a file-backed database. */
export interface BusyOptions {
  /**
   * How long to wait, in milliseconds, if another connection (possibly in
   * another process) has locked the file, or your code has an open transaction
   * on this connection. After that, the call fails with `mirror_busy`.
   * @default {5000}
   */
  busyTimeoutMs?: number;
}

/**
 * Checks the options for a file-backed database, and returns the timeout.
 *
 * @throws {TypeError} If an option name is unknown.
 * @throws {RangeError} If `busyTimeoutMs` is not a number of at least 0.
 */
export function toBusyTimeout(options: BusyOptions): number {
  const action = "open the database";
  checkOptions(action, "options", options, ["busyTimeoutMs"]);
  const { busyTimeoutMs = 5000 } = options;
  if (typeof busyTimeoutMs === "number" && busyTimeoutMs >= 0) {
    return busyTimeoutMs;
  }
  throw new RangeError(
    `Cannot ${action}: busyTimeoutMs must be a number of at least 0, received ${busyTimeoutMs}`,
  );
}

/**
 * Repeats work that fails because the database is in use. Waits without blocking
 * the event loop, because this process may hold the lock itself.
 *
 * @throws {MirrorError} If the database stays in use.
 * @throws Any other error that the work throws.
 */
export async function whileBusy<T>(
  work: () => T | Promise<T>,
  busyTimeoutMs: number,
): Promise<T> {
  const start = performance.now();
  while (true) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() - start >= busyTimeoutMs) {
        throw new MirrorError(
          `Cannot use the mirror: its database was locked for ${busyTimeoutMs} ms`,
          { code: "mirror_busy", cause: error },
        );
      }
    }
    await SYSTEM.sleep(RETRY_MS);
  }
}

/**
 * The messages for `SQLITE_BUSY`, for an open transaction on the same connection
 * and, in better-sqlite3, for an open iterator. The messages are the only part
 * that is the same in all drivers.
 */
const BUSY =
  /database is locked|SQL statements in progress|start a transaction within|busy executing a query/;

function isBusy(error: unknown): boolean {
  return error instanceof Error && BUSY.test(error.message);
}

/**
 * Generates a sync stream from a recorded one.
 *
 * @module
 */
import RECORDING from "../tests/transcripts/3.1.0/03-sync-admin/002-initial-all.ndjson" with {
  type: "text",
};

/** Number of bytes in a chunk: about what a socket delivers at once. */
const CHUNK_BYTES = 64 * 1024;

/** Number of events after which the stream repeats: too many for caches to help. */
const PERIOD = 8_000;

/** Repeats the recorded rows with new ids. */
function generatePeriod() {
  const lines = RECORDING.trimEnd().split("\n");
  const last = lines.pop()!;
  const generated = Array.from({ length: PERIOD }, (_, i) => {
    const id = i.toString(16).padStart(12, "0");
    // Keeps the order, because a server sends one type after another.
    const line = lines[Math.floor(i * lines.length / PERIOD)]!;
    return line.replaceAll(/[0-9a-f]{12}(?=["|])/g, id);
  });
  const acks = generated.filter((line) => line.includes('"SyncAckV1"'));
  return {
    lines: generated.map((line) => `${line}\n`),
    rows: PERIOD - acks.length,
    last: `${last}\n`,
  };
}

const { lines: LINES, rows: ROWS, last: LAST } = generatePeriod();
const PERIOD_BYTES = new TextEncoder().encode(LINES.join(""));

/** The average size of an event, in bytes. */
export const BYTES_PER_EVENT: number = PERIOD_BYTES.length / PERIOD;

/**
 * Returns the given number of events if a stream can have that many.
 *
 * @throws {RangeError} If the number is not a positive multiple of the period.
 */
export function checkEvents(events: number): number {
  if (Number.isSafeInteger(events) && events > 0 && events % PERIOD === 0) {
    return events;
  }
  throw new RangeError(
    `Cannot generate ${events} events: the number must be a positive multiple of ${PERIOD}`,
  );
}

/**
 * Returns the number of rows in a stream with `events` events; the other events
 * are acks.
 */
export function countRows(events: number): number {
  return events / PERIOD * ROWS;
}

/** Returns the size in bytes of a stream with `events` events. */
export function countBytes(events: number): number {
  return events / PERIOD * PERIOD_BYTES.length +
    new TextEncoder().encode(LAST).length;
}

/**
 * Returns the lines in a stream with `events` events: the lines to repeat, how
 * often to repeat them, and the last line. Each line includes its line feed.
 */
export function linesOf(
  events: number,
): { lines: readonly string[]; repeats: number; last: string } {
  return { lines: LINES, repeats: checkEvents(events) / PERIOD, last: LAST };
}

/**
 * Generates a body with the given number of events (a multiple of the period),
 * followed by `SyncCompleteV1`.
 */
export function generateBody(events: number): ReadableStream<Uint8Array> {
  let periods = checkEvents(events) / PERIOD;
  let offset = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (periods > 0) {
        controller.enqueue(PERIOD_BYTES.subarray(offset, offset + CHUNK_BYTES));
        offset += CHUNK_BYTES;
        if (offset < PERIOD_BYTES.length) return;
        offset = 0;
        periods--;
      } else {
        controller.enqueue(new TextEncoder().encode(LAST));
        controller.close();
      }
    },
  }, { highWaterMark: 0 });
}

/**
 * A generated sync stream with the shape of a recorded one.
 *
 * @module
 */
import RECORDING from "../tests/transcripts/3.1.0/03-sync-admin/002-initial-all.ndjson" with {
  type: "text",
};

/** Bytes of a chunk, about what one read from a socket gives. */
const CHUNK_BYTES = 64 * 1024;

/** Events after which the stream repeats itself; enough for caches not to help. */
const PERIOD = 8_000;

/** The recorded rows over and over, each time with other ids. */
function generatePeriod() {
  const lines = RECORDING.trimEnd().split("\n");
  const last = lines.pop()!;
  const generated = Array.from({ length: PERIOD }, (_, i) => {
    const id = i.toString(16).padStart(12, "0");
    return lines[i % lines.length]!.replaceAll(/[0-9a-f]{12}(?=["|])/g, id);
  });
  const bytes = new TextEncoder().encode(generated.join("\n") + "\n");
  const acks = generated.filter((line) => line.includes('"SyncAckV1"'));
  return { bytes, rows: PERIOD - acks.length, last: `${last}\n` };
}

const { bytes: PERIOD_BYTES, rows: ROWS, last: LAST } = generatePeriod();

/** Bytes of one event, on average. */
export const BYTES_PER_EVENT: number = PERIOD_BYTES.length / PERIOD;

/** Rows among so many events, in whole periods: not the acks between them. */
export function countRows(events: number): number {
  return events / PERIOD * ROWS;
}

/** A body of so many events, in whole periods, and the one that ends it. */
export function generateBody(events: number): ReadableStream<Uint8Array> {
  let periods = events / PERIOD;
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

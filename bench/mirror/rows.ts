/**
 * Generates a library from recorded rows.
 *
 * @module
 */
import type { SyncAssetExifV1, SyncAssetV2 } from "../../mod.ts";
import type { KnownSyncBatch } from "../../src/sync/batch.ts";

/** Recorded rows to use as templates. */
export interface Samples {
  assets: SyncAssetV2[];
  exifs: SyncAssetExifV1[];
}

/** A batch like the ones created by `sync`. */
export type Batch = KnownSyncBatch<"AssetV2" | "AssetExifV1">;

/** Number of events in a batch. */
const BATCH_SIZE = 1_000;

/** Generates assets and their EXIF data, in stream order. */
export function* generateBatches(
  samples: Samples,
  count: number,
): Generator<Batch, void> {
  yield* toBatches("AssetV2", samples.assets, "id", count);
  yield* toBatches("AssetExifV1", samples.exifs, "assetId", count);
}

function* toBatches<Row extends object>(
  type: Batch["type"],
  samples: Row[],
  key: keyof Row,
  count: number,
): Generator<Batch, void> {
  for (let start = 0; start < count; start += BATCH_SIZE) {
    const events = Array.from({ length: BATCH_SIZE }, (_, i) => {
      const number = start + i;
      const id = toId(number);
      const sample = samples[number % samples.length]!;
      return { type, data: { ...sample, [key]: id }, ack: `${type}|${id}` };
    });
    yield { type, events } as unknown as Batch;
  }
}

/**
 * Creates an id from a number. Consecutive numbers do not result in ascending
 * ids, because real rows do not arrive in id order.
 */
function toId(number: number): string {
  const mixed = Math.imul(number + 1, 0x9e3779b1) >>> 0;
  const head = mixed.toString(16).padStart(8, "0");
  const tail = number.toString(16).padStart(12, "0");
  return `${head}-4776-4776-9d1e-${tail}`;
}

/**
 * Reads the recorded rows used to generate libraries.
 *
 * @module
 */
import { linesOf, transcript } from "../../tests/support/transcripts.ts";
import type { Samples } from "./rows.ts";

/** Reads the assets and EXIF data from a recorded first stream. */
export async function readSamples(): Promise<Samples> {
  const lines = linesOf(
    await transcript("3.1.0/03-sync-admin/002-initial-all"),
  ) as { type: string; data: object }[];
  const of = (type: string) =>
    lines.filter((line) => line.type === type).map(({ data }) => data);
  return { assets: of("AssetV2"), exifs: of("AssetExifV1") } as Samples;
}

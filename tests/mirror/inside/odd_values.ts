/**
 * Stores values at the limits of what databases support, and reads them back.
 */
import type { SyncBatch } from "../../../mod.ts";
import {
  createMirror,
  type MirrorDatabase,
  type MirrorStatus,
} from "../../../src/mirror/mod.ts";
import { INCREMENTAL, QUIET } from "../../support/starts.ts";

/** What a mirror contains after the unusual values are stored. */
export interface OddValues {
  /**
   * The id, name (or its length, if it is very long), width, `is_favorite` and
   * `is_edited` of each asset.
   */
  assets: unknown[][];
  /** File sizes. */
  sizes: unknown[];
  /** A JSON string, and an album's name. */
  texts: unknown[];
  status: Pick<MirrorStatus, "skippedRows" | "skippedValues">;
  /** Whether row counts are numbers. */
  hasNumbers: boolean;
  /** The error code of a second run that starts during the first. */
  busy: string;
}

/** Exceeds the row size limit of D1 and of Durable Objects. */
const LARGE = 3_000_000;

/** Asset names by id. */
const NAMES: Record<string, string> = {
  "01 NUL": "a\0b",
  "02 lone surrogate": "a\ud800b\udc00",
  "03 pair": "😀",
  "04 quotes": `'"; DROP TABLE assets; --`,
  "05 large": "x".repeat(LARGE),
};

const ASSETS: object[] = [
  ...Object.entries(NAMES).map(([id, originalFileName]) => ({
    id,
    originalFileName,
  })),
  { id: "06 0 and 1", isFavorite: 0, isEdited: 1 },
  { id: "07 false and true", isFavorite: false, isEdited: true },
  { ownerId: "a row without a key" },
  { id: null },
  { id: "an object as a number", width: {} },
  { id: "08 text as a number", width: "wide" },
  { id: "09 digits as a number", width: "4000" },
];

const DEEP = JSON.parse("[".repeat(5000) + "]".repeat(5000));

const ROWS: Record<string, object[]> = {
  AssetV2: ASSETS,
  AssetExifV1: [
    { assetId: "1", fileSizeInByte: 2 ** 53 - 1 },
    { assetId: "2", fileSizeInByte: 2 ** 53 },
    { assetId: "3", fileSizeInByte: -(2 ** 60) },
    { assetId: "4", fileSizeInByte: 2 ** 63 },
    { assetId: "5", fileSizeInByte: 1e300 },
    { assetId: "6", fileSizeInByte: 0.5, latitude: 1e300 },
  ],
  AssetMetadataV1: [
    { assetId: "1", key: "deep", value: DEEP },
    { assetId: "1", key: "NUL", value: { text: "\0\ud800" } },
  ],
  AssetDeleteV1: [{}, { assetId: {} }, { assetId: "nothing" }],
  AlbumV1: [{ id: "without an owner", name: "\0" }],
};

/** Stores the values in an empty database. */
export async function storeOddValues(
  database: MirrorDatabase,
): Promise<OddValues> {
  const mirror = await createMirror(database, { userId: "me" });
  await mirror.begin(INCREMENTAL);
  for (const [type, rows] of Object.entries(ROWS)) {
    const events = rows.map((data) => ({ type, data, ack: `${type}|1` }));
    await mirror.process({ type, events } as unknown as SyncBatch);
  }
  const other = await createMirror(database, { userId: "me" });
  const busy = await other.begin(INCREMENTAL).then(
    () => "free",
    (error) => String(error.code),
  );
  await mirror.end(QUIET);
  const assets = await mirror.query("SELECT * FROM assets ORDER BY id");
  const exif = await mirror.query("SELECT * FROM exif ORDER BY asset_id");
  const metadata = await mirror.query("SELECT value FROM asset_metadata");
  const albums = await mirror.query("SELECT name FROM albums");
  const { skippedRows, skippedValues, rows } = await mirror.status();
  return {
    assets: assets.map((row) => [
      row.id,
      row.id === "05 large"
        ? String(row.original_file_name ?? "").length
        : row.original_file_name,
      row.width,
      row.is_favorite,
      row.is_edited,
    ]),
    sizes: exif.map((row) => row.file_size_in_byte),
    texts: [...metadata, ...albums].flatMap((row) => Object.values(row)),
    status: { skippedRows, skippedValues },
    hasNumbers: Object.values(rows).every((count) => typeof count === "number"),
    busy,
  };
}

/** Returns what a mirror must contain afterward. */
export function expectedValues(holdsLarge: boolean): OddValues {
  return {
    assets: [
      ["01 NUL", "a\ufffdb", null, null, null],
      ["02 lone surrogate", "a\ufffdb\ufffd", null, null, null],
      ["03 pair", "😀", null, null, null],
      ["04 quotes", NAMES["04 quotes"], null, null, null],
      ["05 large", holdsLarge ? LARGE : 0, null, null, null],
      ["06 0 and 1", null, null, 0, 1],
      ["07 false and true", null, null, 0, 1],
      ["08 text as a number", null, null, null, null],
      ["09 digits as a number", null, 4000, null, null],
    ],
    sizes: [2 ** 53 - 1, null, null, null, null, 0.5],
    texts: ['{"text":"\\u0000\\ud800"}', "\ufffd"],
    status: {
      skippedRows: { AssetDeleteV1: 2, AssetMetadataV1: 1, AssetV2: 3 },
      skippedValues: { AssetExifV1: 4, AssetV2: holdsLarge ? 1 : 2 },
    },
    hasNumbers: true,
    busy: "mirror_busy",
  };
}

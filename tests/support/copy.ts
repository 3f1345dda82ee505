/** A copy of a server's library that is kept as the protocol wants it, and no better. */
import type { Snapshot, SnapshotTable } from "../../src/testing/mod.ts";
import type { Line } from "./device.ts";

type Row = Record<string, unknown>;

/** Through what a user sees a row: one and the same may come in more than one way. */
type Way = "own" | "partner" | "album";

/** Entity type without what it says of the way → the table, and what identifies a row. */
const TABLES: Record<string, [table: SnapshotTable, ...key: string[]]> = {
  AuthUser: ["authUsers", "id"],
  User: ["users", "id"],
  UserMetadata: ["userMetadata", "userId", "key"],
  Partner: ["partners", "sharedById", "sharedWithId"],
  Asset: ["assets", "id"],
  AssetExif: ["exifs", "assetId"],
  AssetEdit: ["edits", "id"],
  AssetMetadata: ["assetMetadata", "assetId", "key"],
  AssetOcr: ["ocr", "id"],
  Stack: ["stacks", "id"],
  Album: ["albums", "id"],
  AlbumUser: ["albumUsers", "albumId", "userId"],
  AlbumToAsset: ["albumAssets", "albumId", "assetId"],
  Memory: ["memories", "id"],
  MemoryToAsset: ["memoryAssets", "memoryId", "assetId"],
  Person: ["people", "id"],
  AssetFace: ["faces", "id"],
};

/** Names that a delete has for the id of a row. */
const IDS = [
  "userId",
  "assetId",
  "stackId",
  "albumId",
  "memoryId",
  "personId",
  "assetFaceId",
  "editId",
];

/** A copy of what one user sees. */
export class Copy {
  /** Way and table → key → row. */
  readonly #rows = new Map<string, Map<string, Row>>();

  /** Takes a line in. */
  apply({ type, data }: Line): void {
    if (type.startsWith("Sync")) return;
    const { way, name, isDelete } = parse(type);
    const [table, ...key] = TABLES[name]!;
    const rows = this.#table(way, table);
    if (!isDelete) {
      rows.set(key.map((field) => data[field]).join("/"), data);
    } else if (name === "AssetOcr") {
      this.#drop("own", "ocr", ({ assetId }) => assetId === data["assetId"]);
    } else {
      const id = () => data[IDS.find((field) => field in data)!];
      const parts = key[0] === "id" ? [id()] : key.map((field) => data[field]);
      rows.delete(parts.join("/"));
      this.#dropBelow(way, name, data);
    }
  }

  /** Everything that can be reached: what came through an album goes with its place there. */
  toSnapshot(): Snapshot {
    const places = [...this.#table("own", "albumAssets").values()];
    const inAlbums = new Set(places.map(({ assetId }) => assetId));
    const names = Object.values(TABLES).map(([table]) => table);
    return Object.fromEntries(names.map((table) => {
      const ofAlbums = [...this.#table("album", table)].filter(([, row]) =>
        inAlbums.has(row["assetId"] ?? row["id"])
      );
      const all = new Map([
        ...ofAlbums,
        ...this.#table("partner", table),
        ...this.#table("own", table),
      ]);
      return [table, all];
    })) as Snapshot;
  }

  /** What is gone with another row, and not mentioned. */
  #dropBelow(way: Way, name: string, data: Row): void {
    const { assetId, albumId, memoryId, sharedById } = data;
    if (name === "Asset") {
      for (
        const table of [
          "exifs",
          "edits",
          "assetMetadata",
          "ocr",
          "faces",
        ] as const
      ) {
        this.#drop(way, table, (row) => row["assetId"] === assetId);
      }
    } else if (name === "Album") {
      for (const table of ["albumUsers", "albumAssets"] as const) {
        this.#drop("own", table, (row) => row["albumId"] === albumId);
      }
    } else if (name === "Memory") {
      this.#drop("own", "memoryAssets", (row) => row["memoryId"] === memoryId);
    } else if (name === "Partner") {
      this.#drop("partner", "assets", ({ ownerId }) => ownerId === sharedById);
      this.#drop("partner", "stacks", ({ ownerId }) => ownerId === sharedById);
      const assets = this.#table("partner", "assets");
      this.#drop(
        "partner",
        "exifs",
        ({ assetId }) => !assets.has(String(assetId)),
      );
    }
  }

  #drop(way: Way, table: SnapshotTable, isGone: (row: Row) => boolean): void {
    const rows = this.#table(way, table);
    for (const [key, row] of rows) if (isGone(row)) rows.delete(key);
  }

  #table(way: Way, table: SnapshotTable): Map<string, Row> {
    const name = `${way} ${table}`;
    let rows = this.#rows.get(name);
    if (rows === undefined) this.#rows.set(name, rows = new Map());
    return rows;
  }
}

/** Takes an entity type apart: `PartnerAssetExifBackfillV1` is EXIF data that came through a partner. */
function parse(type: string): { way: Way; name: string; isDelete: boolean } {
  const isDelete = type.includes("Delete");
  const whole = type.replace(/(Delete|Backfill|Create|Update)?V\d+$/, "");
  const [, prefix, rest] = /^(Partner|Album)?((?:Asset|Stack).*|.*)$/.exec(
    whole,
  )!;
  if (prefix === "Partner" && rest !== "") {
    return { way: "partner", name: rest!, isDelete };
  }
  if (prefix === "Album" && rest!.startsWith("Asset")) {
    return { way: "album", name: rest!, isDelete };
  }
  return { way: "own", name: whole, isDelete };
}

/** A copy of a library in memory: what whoever reads the stream has to do, and no more. */
import type { SyncPass, SyncProcessor } from "../../mod.ts";
import type { Snapshot, SnapshotTable } from "../../src/testing/mod.ts";
import { ENTITY_TABLES, KEYS } from "../../src/testing/tables.ts";

type Data = Record<string, string>;

/** What a delete takes out: from a table, the rows with these values. */
const DELETES: Record<string, [SnapshotTable, (data: Data) => Data]> = {
  UserDeleteV1: ["users", ({ userId }) => ({ id: userId! })],
  PartnerDeleteV1: ["partners", ({ sharedById, sharedWithId }) => ({
    sharedById: sharedById!,
    sharedWithId: sharedWithId!,
  })],
  AssetDeleteV1: ["assets", ({ assetId }) => ({ id: assetId! })],
  PartnerAssetDeleteV1: ["assets", ({ assetId }) => ({ id: assetId! })],
  StackDeleteV1: ["stacks", ({ stackId }) => ({ id: stackId! })],
  PartnerStackDeleteV1: ["stacks", ({ stackId }) => ({ id: stackId! })],
  AlbumDeleteV1: ["albums", ({ albumId }) => ({ id: albumId! })],
  AlbumUserDeleteV1: ["albumUsers", (data) => data],
  AlbumToAssetDeleteV1: ["albumAssets", (data) => data],
  AssetOcrDeleteV1: ["ocr", ({ assetId }) => ({ assetId: assetId! })],
  MemoryDeleteV1: ["memories", ({ memoryId }) => ({ id: memoryId! })],
  MemoryToAssetDeleteV1: ["memoryAssets", (data) => data],
  PersonDeleteV1: ["people", ({ personId }) => ({ id: personId! })],
  AssetFaceDeleteV1: ["faces", ({ assetFaceId }) => ({ id: assetFaceId! })],
  UserMetadataDeleteV1: ["userMetadata", (data) => data],
  AssetMetadataDeleteV1: ["assetMetadata", (data) => data],
  AssetEditDeleteV1: ["edits", ({ editId }) => ({ id: editId! })],
};

const TABLES: SnapshotTable[] = [
  "authUsers",
  ...Object.keys(KEYS) as (keyof typeof KEYS)[],
];

/** The rows of one user, which outlive every run. */
export class Copy {
  readonly #userId: string;
  readonly #tables: Snapshot;
  /** What came in the full pass that is open, if one is. */
  #marks: Set<object> | undefined;

  constructor(userId: string) {
    this.#userId = userId;
    const tables = TABLES.map((name) => [name, new Map()] as const);
    this.#tables = Object.fromEntries(tables) as Snapshot;
  }

  /** What stores batches; one that sweeps is not wiped by a reset. */
  processor({ sweeps }: { sweeps: boolean }): SyncProcessor {
    const plain: SyncProcessor = {
      process: ({ type, events }) => {
        for (const { data } of events) this.apply({ type, data });
      },
      reset: () => this.wipe(),
    };
    if (!sweeps) return plain;
    return {
      ...plain,
      begin: ({ kind }: SyncPass) => {
        if (kind === "full") this.#marks = new Set();
      },
      end: () => this.#sweep(),
    };
  }

  /** Stores what an event tells. */
  apply({ type, data }: { type: string; data: unknown }): void {
    if (type in DELETES) this.#delete(type, data as Data);
    else this.#upsert(type, data as object);
  }

  wipe(): void {
    for (const rows of Object.values(this.#tables)) rows.clear();
    this.#marks = undefined;
  }

  /** Drops what nothing leads to any more: what the stream only implies. */
  prune(): void {
    const has = (table: SnapshotTable, id: string | undefined) =>
      this.#table(table).has(id!);
    const shares = (userId: string | undefined) =>
      userId === this.#userId ||
      has("partners", `${userId}/${this.#userId}`);
    const inAlbum = ({ albumId }: Data) => has("albums", albumId);
    const onAsset = ({ assetId }: Data) => has("assets", assetId);
    this.#keep("albumUsers", inAlbum);
    this.#keep("albumAssets", inAlbum);
    const shown = new Set(this.#rows("albumAssets").map((row) => row.assetId));
    this.#keep("assets", ({ id, ownerId }) => shares(ownerId) || shown.has(id));
    this.#keep("stacks", ({ ownerId }) => shares(ownerId));
    for (const table of ["exifs", "ocr", "edits", "assetMetadata"] as const) {
      this.#keep(table, onAsset);
    }
    this.#keep("faces", onAsset);
    this.#keep("memoryAssets", ({ memoryId }) => has("memories", memoryId));
  }

  /** What it holds. */
  toSnapshot(): Snapshot {
    return this.#tables;
  }

  #upsert(type: string, data: object): void {
    const table = ENTITY_TABLES[type as keyof typeof ENTITY_TABLES];
    if (table === undefined) return; // A fork's own.
    const name = type === "AuthUserV1" ? "authUsers" : table;
    this.#table(name).set(KEYS[table](data as never), data);
    this.#marks?.add(data);
  }

  #delete(type: string, data: Data): void {
    const [table, toCondition] = DELETES[type]!;
    const condition = Object.entries(toCondition(data));
    const goes = (row: Data) =>
      condition.every(([name, value]) => row[name] === value);
    this.#keep(table, (row) => !goes(row));
    // What an album held comes anew if it is shared again, and that can be in
    // the same stream: before the prune, but after this.
    if (type === "AlbumDeleteV1") {
      for (const below of ["albumUsers", "albumAssets"] as const) {
        this.#keep(below, ({ albumId }) => albumId !== data.albumId);
      }
    }
  }

  #sweep(): void {
    const marks = this.#marks;
    for (const name of marks === undefined ? [] : TABLES) {
      this.#keep(name, (row) => marks!.has(row));
    }
    this.#marks = undefined;
    this.prune();
  }

  #keep(table: SnapshotTable, condition: (row: Data) => boolean): void {
    const rows = this.#table(table);
    for (const [key, row] of rows) {
      if (!condition(row as Data)) rows.delete(key);
    }
  }

  #rows(table: SnapshotTable): Data[] {
    return [...this.#table(table).values()] as Data[];
  }

  #table(name: SnapshotTable): Map<string, object> {
    return this.#tables[name];
  }
}

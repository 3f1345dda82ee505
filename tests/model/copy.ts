/** A copy of a library in memory: what a consumer of `sync` has to do, and no more. */
import type {
  SyncBatch,
  SyncEvent,
  SyncPass,
  SyncProcessor,
} from "../../mod.ts";
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

/** The rows of one user, which outlive every run. */
export class Copy {
  readonly #userId: string;
  readonly #tables = new Map<string, Map<string, object>>();
  /** What came in the full pass that is open, if one is. */
  #marks: Set<object> | undefined;

  constructor(userId: string) {
    this.#userId = userId;
  }

  /** What stores batches; one that sweeps is not wiped by a reset. */
  processor({ sweeps }: { sweeps: boolean }): SyncProcessor {
    const plain: SyncProcessor = {
      process: (batch) => this.apply(batch),
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

  /** Stores a batch. */
  apply({ type, events }: SyncBatch): void {
    for (const { data } of events as SyncEvent[]) {
      if (type in DELETES) this.#delete(type, data as Data);
      else this.#upsert(type, data as object);
    }
  }

  wipe(): void {
    this.#tables.clear();
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

  /** The rows in the order of their keys, as one value to compare. */
  toJSON(): Record<string, object> {
    return inOrder(this.#tables);
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
    for (const name of this.#tables.keys()) {
      const marks = this.#marks;
      if (marks) this.#keep(name as SnapshotTable, (row) => marks.has(row));
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
    let table = this.#tables.get(name);
    if (table === undefined) this.#tables.set(name, table = new Map());
    return table;
  }
}

/** What a copy has to hold, as one value to compare. */
export function toExpected(snapshot: Snapshot): Record<string, object> {
  return inOrder(new Map(Object.entries(snapshot)));
}

function inOrder(
  tables: Map<string, Map<string, object>>,
): Record<string, object> {
  const entries = [...tables].filter(([, rows]) => rows.size > 0)
    .map(([name, rows]) => {
      const sorted = [...rows].sort(([a], [b]) => a < b ? -1 : 1);
      return [name, Object.fromEntries(sorted)] as const;
    });
  return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1));
}

/**
 * An in-memory copy of a library. The copy follows the rules for all consumers
 * of the stream.
 */
import type { SyncProcessor, SyncStart } from "../../mod.ts";
import type { Snapshot, SnapshotTable } from "../../src/testing/mod.ts";
import { ENTITY_TABLES, KEYS } from "../../src/testing/tables.ts";
import { OF_ASSET } from "./snapshots.ts";

type Data = Record<string, string>;

const TABLES: SnapshotTable[] = [
  "authUsers",
  ...Object.keys(KEYS) as (keyof typeof KEYS)[],
];

/** One user's rows, kept across runs. */
export class Copy {
  readonly #userId: string;
  readonly #tables: Snapshot;
  /** Row → number of the last event that contained the row. */
  readonly #eventOf = new Map<object, number>();
  /** Number of the last event. */
  #event = 0;
  /** Number of the previous sync's last event. */
  #lastSync = 0;
  /** Number of the last event before the unfinished full sync, if any. */
  #full: number | undefined;
  /** Owner of a share → number of the event that began the share. */
  readonly #begun = new Map<string, number>();
  /** Whether an album or a share was lost in this sync. */
  #hasLost = false;
  /**
   * Owners whose rows arrived as a partner's rows, even if the share itself has
   * not arrived.
   */
  readonly #sharers = new Set<string>();

  constructor(userId: string) {
    this.#userId = userId;
    const tables = TABLES.map((name) => [name, new Map()] as const);
    this.#tables = Object.fromEntries(tables) as Snapshot;
  }

  /**
   * Returns a processor that stores batches. If `sweeps` is set, a reset does
   * not wipe the copy.
   */
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
      begin: ({ full }: SyncStart) => {
        if (full) this.#full = this.#event;
      },
      end: () => this.complete(),
    };
  }

  /** Stores an event. */
  apply({ type, data }: { type: string; data: unknown }): void {
    this.#event++;
    const apply = DELETES[type];
    if (apply !== undefined) apply(this, data as Data);
    else this.#upsert(type, data as object);
  }

  wipe(): void {
    for (const rows of Object.values(this.#tables)) rows.clear();
    this.#eventOf.clear();
    this.#sharers.clear();
    this.#begun.clear();
    this.#hasLost = false;
    this.#full = undefined;
  }

  /**
   * Ends a sync: deletes rows that were missing from a full sync, and rows
   * whose removal is implied by deletes.
   */
  complete(): void {
    const full = this.#full;
    if (full !== undefined) {
      for (const name of TABLES) {
        this.drop(name, (row) => this.#eventOf.get(row)! <= full);
      }
    }
    if (this.#hasLost) this.#dropLost();
    for (const [ownerId, since] of this.#begun) {
      this.#dropFormer(ownerId, since);
    }
    this.#hasLost = false;
    this.#full = undefined;
    this.#lastSync = this.#event;
  }

  /** All stored rows. */
  get tables(): Snapshot {
    return this.#tables;
  }

  /** Deletes rows immediately. */
  drop(table: SnapshotTable, goes: (row: Data) => boolean): Data[] {
    const dropped: Data[] = [];
    for (const [key, row] of this.#tables[table] as Map<string, Data>) {
      if (!goes(row)) continue;
      this.#tables[table].delete(key);
      dropped.push(row);
    }
    return dropped;
  }

  /** Deletes assets and everything that belongs to them. */
  dropAssets(goes: (asset: Data) => boolean, more: SnapshotTable[] = []): void {
    const ids = new Set(this.drop("assets", goes).map(({ id }) => id!));
    for (const table of [...OF_ASSET, ...more]) {
      this.drop(table, ({ assetId }) => ids.has(assetId!));
    }
  }

  /**
   * Records the loss of an album or a share. At the end of the sync, assets
   * that are no longer shown anywhere are deleted.
   */
  lose(sharerId?: string): void {
    this.#hasLost = true;
    if (sharerId === undefined) return;
    this.#sharers.delete(sharerId);
    this.#begun.delete(sharerId);
  }

  #upsert(type: string, data: object): void {
    const table = ENTITY_TABLES[type as keyof typeof ENTITY_TABLES];
    if (table === undefined) return; // An unknown type.
    const name = type.startsWith("AuthUser") ? "authUsers" : table;
    const key = KEYS[table](data as never);
    this.#noteShare(type, data as Data);
    const former = this.#tables[name].get(key);
    if (former !== undefined) this.#eventOf.delete(former);
    this.#tables[name].set(key, data);
    this.#eventOf.set(data, this.#event);
  }

  /**
   * Records the owners whose share begins and the owners whose rows arrive as a
   * partner's rows.
   */
  #noteShare(type: string, data: Data): void {
    const isRow = /^Partner(Asset|Stack)(Backfill)?V/.test(type);
    if (!isRow && type !== "PartnerV1") return;
    const { sharedById, sharedWithId = this.#userId, ownerId } = data;
    const sharer = (isRow ? ownerId : sharedById)!;
    const isNew = !this.#sharers.has(sharer) &&
      !this.#tables.partners.has(`${sharer}/${this.#userId}`);
    if (isNew && sharedWithId === this.#userId) {
      this.#begun.set(sharer, this.#event);
    }
    if (isRow) this.#sharers.add(sharer);
  }

  /**
   * Deletes lost rows, but keeps rows that arrived in this sync, because the
   * album or share that shows them may arrive in the next sync.
   */
  #dropLost(): void {
    const isShared = this.#toIsShared();
    this.#dropUnlessCame(this.#lastSync, (row) => !isShared(row));
  }

  /**
   * A new share contains every row of its owner. Rows that change while the
   * share is being sent follow in the next sync. Rows that have not been sent
   * by the end of the next sync no longer exist.
   */
  #dropFormer(ownerId: string, since: number): void {
    const share = this.#tables.partners.get(`${ownerId}/${this.#userId}`);
    if (share === undefined) return;
    if (this.#eventOf.get(share)! > this.#lastSync) return;
    this.#dropUnlessCame(since - 1, (row) => row.ownerId === ownerId);
    this.#begun.delete(ownerId);
  }

  /**
   * Deletes stacks, and assets that are not in any album, unless they arrived
   * after a given event.
   */
  #dropUnlessCame(event: number, goes: (row: Data) => boolean): void {
    const came = (row: object | undefined) =>
      row !== undefined && this.#eventOf.get(row)! > event;
    const inAlbums = new Set(
      this.#rows("albumAssets").map(({ assetId }) => assetId),
    );
    this.dropAssets((asset) =>
      goes(asset) && !inAlbums.has(asset.id) && !came(asset) &&
      !came(this.#tables.exifs.get(asset.id!))
    );
    this.drop("stacks", (stack) => goes(stack) && !came(stack));
  }

  /**
   * Creates a function that returns whether a row belongs to the user or a
   * partner.
   */
  #toIsShared(): (row: Data) => boolean {
    const owners = new Set([this.#userId, ...this.#sharers]);
    for (const { sharedById, sharedWithId } of this.#rows("partners")) {
      if (sharedWithId === this.#userId) owners.add(sharedById!);
    }
    return ({ ownerId }) => owners.has(ownerId!);
  }

  #rows(table: SnapshotTable): Data[] {
    return [...this.#tables[table].values()] as Data[];
  }
}

function byId(table: SnapshotTable, field: string) {
  return (copy: Copy, data: Data) => {
    copy.drop(table, ({ id }) => id === data[field]);
  };
}

function byFields(table: SnapshotTable, ...fields: string[]) {
  return (copy: Copy, data: Data) => {
    copy.drop(table, (row) => fields.every((name) => row[name] === data[name]));
  };
}

function deleteAsset(copy: Copy, { assetId }: Data): void {
  copy.dropAssets(({ id }) => id === assetId);
  for (const table of [...OF_ASSET, "albumAssets", "memoryAssets"] as const) {
    copy.drop(table, (row) => row.assetId === assetId);
  }
}

/**
 * The rows removed by each delete, including rows that have no deletes of their
 * own.
 */
const DELETES: Record<string, (copy: Copy, data: Data) => void> = {
  UserDeleteV1(copy, { userId }) {
    copy.drop("users", ({ id }) => id === userId);
    copy.dropAssets(
      ({ ownerId }) => ownerId === userId,
      ["albumAssets", "memoryAssets"],
    );
    copy.drop("stacks", ({ ownerId }) => ownerId === userId);
    copy.drop("albumUsers", (row) => row.userId === userId);
    copy.drop(
      "partners",
      ({ sharedById, sharedWithId }) =>
        sharedById === userId || sharedWithId === userId,
    );
    copy.lose(userId!);
  },
  PartnerDeleteV1(copy, { sharedById, sharedWithId }) {
    byFields("partners", "sharedById", "sharedWithId")(copy, {
      sharedById: sharedById!,
      sharedWithId: sharedWithId!,
    });
    copy.lose(sharedById!);
  },
  AssetDeleteV1: deleteAsset,
  PartnerAssetDeleteV1: deleteAsset,
  StackDeleteV1: byId("stacks", "stackId"),
  PartnerStackDeleteV1: byId("stacks", "stackId"),
  AlbumDeleteV1(copy, { albumId }) {
    copy.drop("albums", ({ id }) => id === albumId);
    copy.drop("albumUsers", (row) => row.albumId === albumId);
    copy.drop("albumAssets", (row) => row.albumId === albumId);
    copy.lose();
  },
  AlbumUserDeleteV1: byFields("albumUsers", "albumId", "userId"),
  AlbumToAssetDeleteV1(copy, data) {
    byFields("albumAssets", "albumId", "assetId")(copy, data);
    copy.lose();
  },
  // Matches by asset, because the delete's id belongs to an audit row.
  AssetOcrDeleteV1: byFields("ocr", "assetId"),
  MemoryDeleteV1(copy, { memoryId }) {
    copy.drop("memories", ({ id }) => id === memoryId);
    copy.drop("memoryAssets", (row) => row.memoryId === memoryId);
  },
  MemoryToAssetDeleteV1: byFields("memoryAssets", "memoryId", "assetId"),
  PersonDeleteV1: byId("people", "personId"),
  AssetFaceDeleteV1: byId("faces", "assetFaceId"),
  UserMetadataDeleteV1: byFields("userMetadata", "userId", "key"),
  AssetMetadataDeleteV1: byFields("assetMetadata", "assetId", "key"),
  AssetEditDeleteV1: byId("edits", "editId"),
};

/**
 * What an Immich server keeps: rows with a position in the order of changes,
 * and an audit row for whatever is gone.
 *
 * @module
 */
import type {
  SyncAlbumToAssetV1,
  SyncAlbumUserV1,
  SyncAlbumV1,
  SyncAssetEditV1,
  SyncAssetExifV1,
  SyncAssetFaceV2,
  SyncAssetMetadataV1,
  SyncAssetOcrV1,
  SyncAssetV2,
  SyncAuthUserV1,
  SyncEventData,
  SyncMemoryAssetV1,
  SyncMemoryV1,
  SyncPartnerV1,
  SyncPersonV1,
  SyncStackV1,
  SyncUserMetadataV1,
  SyncUserV1,
} from "../protocol.ts";

/** The tables of a server, with the newest shape of their rows. */
export interface Tables {
  /** Users. */
  users: SyncAuthUserV1;
  /** Settings of users. */
  userMetadata: SyncUserMetadataV1;
  /** Partner shares. */
  partners: SyncPartnerV1;
  /** Assets. */
  assets: SyncAssetV2;
  /** EXIF data of assets. */
  exifs: SyncAssetExifV1;
  /** Edits of assets. */
  edits: SyncAssetEditV1;
  /** Metadata entries of assets. */
  assetMetadata: SyncAssetMetadataV1;
  /** Texts in assets. */
  ocr: SyncAssetOcrV1;
  /** Stacks. */
  stacks: SyncStackV1;
  /** Albums. */
  albums: SyncAlbumV1;
  /** Users of albums. */
  albumUsers: SyncAlbumUserV1;
  /** Contents of albums. */
  albumAssets: SyncAlbumToAssetV1;
  /** Memories. */
  memories: SyncMemoryV1;
  /** Contents of memories. */
  memoryAssets: SyncMemoryAssetV1;
  /** People. */
  people: SyncPersonV1;
  /** Faces. */
  faces: SyncAssetFaceV2;
}

/** Name of a table. */
export type TableName = keyof Tables;

/** Entity types of what is gone. */
export type DeleteType = Extract<
  keyof SyncEventData,
  `${string}Delete${string}`
>;

/** A row and its place in the order of changes. */
export interface Row<T> {
  /** The row. */
  data: T;
  /** Position of the last change: a UUIDv7, as a server's `updateId`. */
  position: string;
}

/** What is left of a row that is gone. */
export interface AuditRow {
  /** Data of the event that tells. */
  data: SyncEventData[DeleteType];
  /** Position of the delete. */
  position: string;
  /** The user who is told, where it is not up to what they can see. */
  userId?: string;
}

/** The account of a user of whom nothing is known but what everybody sees. */
export const NO_ACCOUNT: Omit<SyncAuthUserV1, keyof SyncUserV1> = {
  isAdmin: false,
  pinCode: null,
  oauthId: "",
  storageLabel: null,
  quotaSizeInBytes: null,
  quotaUsageInBytes: 0,
};

/** What identifies a row of a table. */
const KEYS: { [T in TableName]: (data: Tables[T]) => string } = {
  users: ({ id }) => id,
  userMetadata: ({ userId, key }) => `${userId}/${key}`,
  partners: ({ sharedById, sharedWithId }) => `${sharedById}/${sharedWithId}`,
  assets: ({ id }) => id,
  exifs: ({ assetId }) => assetId,
  edits: ({ id }) => id,
  assetMetadata: ({ assetId, key }) => `${assetId}/${key}`,
  ocr: ({ id }) => id,
  stacks: ({ id }) => id,
  albums: ({ id }) => id,
  albumUsers: ({ albumId, userId }) => `${albumId}/${userId}`,
  albumAssets: ({ albumId, assetId }) => `${albumId}/${assetId}`,
  memories: ({ id }) => id,
  memoryAssets: ({ memoryId, assetId }) => `${memoryId}/${assetId}`,
  people: ({ id }) => id,
  faces: ({ id }) => id,
};

/** All rows of a server, and all that is gone. */
export class Store {
  readonly #tables = new Map<TableName, Map<string, Row<unknown>>>();
  readonly #audits = new Map<DeleteType, AuditRow[]>();
  readonly #now: () => number;
  #lastPosition = "";

  /** Starts empty. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The time, as the protocol writes it. */
  time(): string {
    return new Date(this.#now()).toISOString();
  }

  /** A new position, after all others. */
  nextPosition(): string {
    const candidate = toUuid(
      BigInt(this.#now()) << 80n | 7n << 76n | 2n << 62n,
    );
    return this.#lastPosition = candidate > this.#lastPosition
      ? candidate
      : toUuid(fromUuid(this.#lastPosition) + 1n);
  }

  /** The rows of a table, in no order that means anything. */
  rows<T extends TableName>(table: T): Row<Tables[T]>[] {
    return [...this.#table(table).values()];
  }

  /** The rows of a table for which a condition holds. */
  where<T extends TableName>(
    table: T,
    condition: Partial<Tables[T]>,
  ): Tables[T][] {
    const entries = Object.entries(condition);
    return this.rows(table).map(({ data }) => data).filter((data) =>
      entries.every(([name, value]) => data[name as keyof Tables[T]] === value)
    );
  }

  /** A row, by what identifies it. */
  find<T extends TableName>(
    table: T,
    key: string,
  ): Row<Tables[T]> | undefined {
    return this.#table(table).get(key);
  }

  /** Puts a row in place of the one it replaces, if any. */
  put<T extends TableName>(
    table: T,
    data: Tables[T],
    position: string = this.nextPosition(),
  ): Tables[T] {
    if (position > this.#lastPosition) this.#lastPosition = position;
    this.#table(table).set(KEYS[table](data), { data, position });
    return data;
  }

  /** Takes rows out, and tells nobody. */
  drop<T extends TableName>(table: T, rows: Tables[T][]): void {
    for (const data of rows) this.#table(table).delete(KEYS[table](data));
  }

  /** Tells that something is gone. */
  audit<D extends DeleteType>(
    type: D,
    data: SyncEventData[D],
    { userId, position = this.nextPosition() }: Partial<AuditRow> = {},
  ): void {
    if (position > this.#lastPosition) this.#lastPosition = position;
    const row = { data, position, ...(userId === undefined ? {} : { userId }) };
    this.#audits.set(type, [...this.audits(type), row]);
  }

  /** What is gone of a type. */
  audits(type: DeleteType): AuditRow[] {
    return this.#audits.get(type) ?? [];
  }

  #table<T extends TableName>(table: T): Map<string, Row<Tables[T]>> {
    let rows = this.#tables.get(table);
    if (rows === undefined) this.#tables.set(table, rows = new Map());
    return rows as Map<string, Row<Tables[T]>>;
  }
}

function toUuid(value: bigint): string {
  return value.toString(16).padStart(32, "0")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function fromUuid(uuid: string): bigint {
  return BigInt(`0x${uuid.replaceAll("-", "")}`);
}

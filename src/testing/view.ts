/**
 * What one user sees of a server's rows.
 *
 * @module
 */
import type {
  ServerVersion,
  SyncAssetV1,
  SyncAssetV2,
  SyncEntityType,
  SyncUserV1,
} from "../protocol.ts";
import type { DeleteType, Row, Store, TableName, Tables } from "./store.ts";

/** A row as it may go into a stream. */
export interface Candidate {
  /** Position that the stream is in the order of. */
  position: string;
  /** Data of the event. */
  data: object;
}

/** The rows of a server as one user sees them. */
export class View {
  readonly #store: Store;
  readonly #userId: string;
  readonly #version: ServerVersion;

  /** Looks with the eyes of a user. */
  constructor(store: Store, userId: string, version: ServerVersion) {
    this.#store = store;
    this.#userId = userId;
    this.#version = version;
  }

  /** The rows of a table for which a condition holds, in the shape of an event. */
  rows<T extends TableName>(
    table: T,
    sees: (data: Tables[T]) => boolean,
    toData: (data: Tables[T]) => object = (data) => data,
  ): Candidate[] {
    return this.#store.rows(table).filter(({ data }) => sees(data))
      .map(({ data, position }) => ({ data: toData(data), position }));
  }

  /** What is gone: told to one user, or to everybody. */
  audits(type: DeleteType): Candidate[] {
    return this.#store.audits(type)
      .filter(({ userId }) => userId === undefined || this.owns(userId));
  }

  /** Which asset is in which album. */
  albumContents(): Candidate[] {
    return this.rows("albumAssets", ({ albumId }) => this.seesAlbum(albumId))
      .flatMap((row) => this.#repeat(row, row.data as Tables["albumAssets"]));
  }

  /** The assets in albums, or their EXIF data, by when they were put there. */
  putInAlbums(table: "assets" | "exifs"): Candidate[] {
    return this.#inAlbums(table)
      .map(({ data, putAt }) => ({ data, position: putAt }));
  }

  /** The assets in albums since before a position, or their EXIF data, by their own change. */
  changedInAlbums(table: "assets" | "exifs", before: string): Candidate[] {
    return this.#inAlbums(table).filter(({ putAt }) => putAt <= before);
  }

  /** Whether an id is the user's. */
  owns(userId: string): boolean {
    return userId === this.#userId;
  }

  /** Whether a user shares with this one. */
  hasPartner(userId: string): boolean {
    const key = `${userId}/${this.#userId}`;
    return this.#store.find("partners", key) !== undefined;
  }

  /** Whether an asset is the user's. */
  ownsAsset(assetId: string): boolean {
    return this.owns(this.#ownerOf("assets", assetId));
  }

  /** Whether an asset is a partner's. */
  ownsPartnerAsset(assetId: string): boolean {
    return this.hasPartner(this.#ownerOf("assets", assetId));
  }

  /** Whether a memory is the user's. */
  ownsMemory(memoryId: string): boolean {
    return this.owns(this.#ownerOf("memories", memoryId));
  }

  /** Whether the user may see an album. */
  seesAlbum(albumId: string): boolean {
    const key = `${albumId}/${this.#userId}`;
    return this.owns(this.#ownerOf("albums", albumId)) ||
      this.#store.find("albumUsers", key) !== undefined;
  }

  #inAlbums(table: "assets" | "exifs"): (Candidate & { putAt: string })[] {
    return this.#store.rows("albumAssets").flatMap((entry) => {
      const { albumId, assetId } = entry.data;
      const row: Row<object> | undefined = this.#store.find(table, assetId);
      if (row === undefined || !this.seesAlbum(albumId)) return [];
      return this.#repeat({ ...row, putAt: entry.position }, { albumId });
    });
  }

  /** Servers up to 2.x repeat the rows of an own album for each user of it. */
  #repeat<T>(row: T, { albumId }: { albumId: string }): T[] {
    const own = this.owns(this.#ownerOf("albums", albumId));
    if (this.#version.major >= 3 || !own) return [row];
    const users = this.#store.where("albumUsers", { albumId }).length;
    return Array.from({ length: Math.max(1, users) }, () => row);
  }

  #ownerOf(table: "assets" | "memories" | "albums", id: string): string {
    const row: Row<{ ownerId: string }> | undefined = this.#store.find(
      table,
      id,
    );
    return row?.data.ownerId ?? "";
  }
}

/** The query of an entity type; the position is how far what it depends on is. */
type Query = (view: View, since: string) => Candidate[];

/** What the rows of each entity type are; those that are gone have no query. */
export const QUERIES: { [E in SyncEntityType]?: Query } = {
  AuthUserV1: (view) => view.rows("users", ({ id }) => view.owns(id)),
  UserV1: (view) => view.rows("users", () => true, toUserV1),
  PartnerV1: (view) =>
    view.rows(
      "partners",
      (row) => view.owns(row.sharedById) || view.owns(row.sharedWithId),
    ),
  AssetV1: (view) =>
    view.rows("assets", ({ ownerId }) => view.owns(ownerId), toAssetV1),
  AssetV2: (view) => view.rows("assets", ({ ownerId }) => view.owns(ownerId)),
  StackV1: (view) => view.rows("stacks", ({ ownerId }) => view.owns(ownerId)),
  PartnerAssetV1: (view) =>
    view.rows("assets", ({ ownerId }) => view.hasPartner(ownerId), toAssetV1),
  PartnerAssetV2: (view) =>
    view.rows("assets", ({ ownerId }) => view.hasPartner(ownerId)),
  PartnerStackV1: (view) =>
    view.rows("stacks", ({ ownerId }) => view.hasPartner(ownerId)),
  AlbumAssetUpdateV1: (view, since) =>
    view.changedInAlbums("assets", since).map(withAssetV1),
  AlbumAssetUpdateV2: (view, since) => view.changedInAlbums("assets", since),
  AlbumAssetCreateV1: (view) => view.putInAlbums("assets").map(withAssetV1),
  AlbumAssetCreateV2: (view) => view.putInAlbums("assets"),
  AlbumV1: (view) => view.rows("albums", ({ id }) => view.seesAlbum(id)),
  AlbumV2: (view) =>
    view.rows("albums", ({ id }) => view.seesAlbum(id), toAlbumV2),
  AlbumUserV1: (view) =>
    view.rows("albumUsers", ({ albumId }) => view.seesAlbum(albumId)),
  AlbumToAssetV1: (view) => view.albumContents(),
  AssetExifV1: (view) =>
    view.rows("exifs", ({ assetId }) => view.ownsAsset(assetId)),
  AlbumAssetExifUpdateV1: (view, since) => view.changedInAlbums("exifs", since),
  AlbumAssetExifCreateV1: (view) => view.putInAlbums("exifs"),
  AssetOcrV1: (view) =>
    view.rows("ocr", ({ assetId }) => view.ownsAsset(assetId)),
  PartnerAssetExifV1: (view) =>
    view.rows("exifs", ({ assetId }) => view.ownsPartnerAsset(assetId)),
  MemoryV1: (view) =>
    view.rows("memories", ({ ownerId }) => view.owns(ownerId)),
  MemoryToAssetV1: (view) =>
    view.rows("memoryAssets", ({ memoryId }) => view.ownsMemory(memoryId)),
  PersonV1: (view) => view.rows("people", ({ ownerId }) => view.owns(ownerId)),
  AssetFaceV1: (view) =>
    view.rows("faces", ({ assetId }) => view.ownsAsset(assetId), toFaceV1),
  AssetFaceV2: (view) =>
    view.rows("faces", ({ assetId }) => view.ownsAsset(assetId)),
  UserMetadataV1: (view) =>
    view.rows("userMetadata", ({ userId }) => view.owns(userId)),
  AssetMetadataV1: (view) =>
    view.rows("assetMetadata", ({ assetId }) => view.ownsAsset(assetId)),
  AssetEditV1: (view) =>
    view.rows("edits", ({ assetId }) => view.ownsAsset(assetId)),
};

/** The user as everybody sees it: without the secrets. */
function toUserV1(user: Tables["users"]): SyncUserV1 {
  const { id, name, email, avatarColor = null, deletedAt } = user;
  const { profileChangedAt, hasProfileImage } = user;
  const known = { id, name, email, avatarColor, deletedAt };
  return { ...known, profileChangedAt, hasProfileImage };
}

function toAlbumV2({ ownerId: _, ...album }: Tables["albums"]): object {
  return album;
}

function toFaceV1(
  { isVisible: _, deletedAt: __, ...face }: Tables["faces"],
): object {
  return face;
}

/** The asset as servers up to 2.x send it. */
function toAssetV1({ createdAt: _, ...asset }: SyncAssetV2): SyncAssetV1 {
  const { duration } = asset;
  return {
    ...asset,
    duration: duration === null
      ? null
      : new Date(duration).toISOString().slice(11, -1),
  };
}

function withAssetV1({ data, position }: Candidate): Candidate {
  return { data: toAssetV1(data as SyncAssetV2), position };
}

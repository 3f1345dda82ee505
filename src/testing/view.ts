/**
 * The rows on a server that are visible to one user.
 *
 * @module
 */
import type { Generation } from "./generation.ts";
import type { Row, Store } from "./store.ts";
import type { TableName, Tables } from "./tables.ts";

/** A row that may be sent in a stream. */
export interface Candidate<T = object> {
  /** The position that determines the order in the stream. */
  position: string;
  /** The event's data. */
  data: T;
}

/** A partner or an album that is shared with the user. */
export interface Share {
  /** Id of the partner or the album. */
  id: string;
  /** Position of the share. */
  createId: string;
}

/** The rows on a server that are visible to one user. */
export class View {
  readonly #store: Store;
  readonly #userId: string;
  readonly #generation: Generation;
  readonly #after: string;

  /** Creates a user's view of all rows, or of the rows after a position. */
  constructor(
    store: Store,
    userId: string,
    generation: Generation,
    after: string = "",
  ) {
    this.#store = store;
    this.#userId = userId;
    this.#generation = generation;
    this.#after = after;
  }

  /** Returns a view of the rows after a position. */
  after(position: string): View {
    return new View(this.#store, this.#userId, this.#generation, position);
  }

  /** Returns a table's rows that match a condition. */
  rows<T extends TableName>(
    table: T,
    sees: (data: Tables[T]) => boolean,
  ): Row<Tables[T]>[] {
    return this.#store.rows(table).filter(({ data, position }) =>
      position > this.#after && sees(data)
    );
  }

  /** Returns the assets that match a condition, as the user sees them. */
  assets(
    sees: (asset: Tables["assets"]) => boolean,
  ): Candidate<Tables["assets"]>[] {
    return this.rows("assets", sees).map((row) => this.#mask(row));
  }

  /**
   * Returns the contents of one or all albums, with the same repetitions as on
   * a real server.
   */
  albumContents(albumId?: string): Row<Tables["albumAssets"]>[] {
    if (albumId !== undefined) {
      return this.#store.rowsWhere("albumAssets", { albumId });
    }
    return this.rows("albumAssets", (data) => this.seesAlbum(data.albumId))
      .flatMap((row) => this.#repeat(row, row.data));
  }

  /**
   * Returns the assets in one or all albums. Each asset's position is the
   * position at which the asset was added to the album.
   */
  albumAssets(albumId?: string): Candidate<Tables["assets"]>[] {
    return this.albumContents(albumId).flatMap(({ data, position }) => {
      const row = this.#store.find("assets", data.assetId);
      return row === undefined ? [] : [{ ...this.#mask(row), position }];
    });
  }

  /**
   * Returns the EXIF data of the assets in one or all albums. Each position is
   * the position at which the asset was added to the album.
   */
  albumExifs(albumId?: string): Candidate<Tables["exifs"]>[] {
    return this.albumContents(albumId).flatMap(({ data, position }) => {
      const row = this.#store.find("exifs", data.assetId);
      return row === undefined ? [] : [{ ...row, position }];
    });
  }

  /**
   * Returns the assets added to albums before a position. Each asset's position
   * is the position of its last change.
   */
  changedAlbumAssets(before: string): Candidate<Tables["assets"]>[] {
    return this.#changed("assets", before).map((row) => this.#mask(row));
  }

  /**
   * Returns the EXIF data of assets added to albums before a position. Each
   * position is the position of the EXIF data's last change.
   */
  changedAlbumExifs(before: string): Candidate<Tables["exifs"]>[] {
    return this.#changed("exifs", before);
  }

  /** Returns the partners who share their assets with the user. */
  partners(): Share[] {
    return this.#store.rowsWhere("partners", { sharedWithId: this.#userId })
      .map(({ data, createId }) => ({ id: data.sharedById, createId }));
  }

  /**
   * Returns the albums that have the user as an album user. Before 3.0.0, owners
   * are not album users.
   */
  albums(): Share[] {
    return this.#store.rowsWhere("albumUsers", { userId: this.#userId })
      .filter(({ data }) => this.isAlbumUser(data))
      .map(({ data, createId }) => ({ id: data.albumId, createId }));
  }

  /**
   * Returns whether the server stores an album user. Before 3.0.0, owners are not
   * album users.
   */
  isAlbumUser({ role }: Tables["albumUsers"]): boolean {
    return this.#generation.modern || role !== "owner";
  }

  /** Returns whether an id is the user's id. */
  owns(userId: string | undefined): boolean {
    return userId === this.#userId;
  }

  /** Returns whether another user shares their assets with this user. */
  hasPartner(userId: string | undefined): boolean {
    const key = `${userId}/${this.#userId}`;
    return this.#store.find("partners", key) !== undefined;
  }

  /** Returns whether the user owns an asset. */
  ownsAsset(assetId: string): boolean {
    return this.owns(this.ownerOf("assets", assetId));
  }

  /** Returns whether the user owns a memory. */
  ownsMemory(memoryId: string): boolean {
    return this.owns(this.ownerOf("memories", memoryId));
  }

  /** Returns whether the user can see an album. */
  seesAlbum(albumId: string): boolean {
    const key = `${albumId}/${this.#userId}`;
    return this.owns(this.ownerOf("albums", albumId)) ||
      this.#store.find("albumUsers", key) !== undefined;
  }

  /** Returns the owner of an asset, a memory or an album. */
  ownerOf(
    table: "assets" | "memories" | "albums",
    id: string,
  ): string | undefined {
    const row: Row<{ ownerId: string }> | undefined = this.#store.find(
      table,
      id,
    );
    return row?.data.ownerId;
  }

  #changed<T extends "assets" | "exifs">(
    table: T,
    before: string,
  ): Row<Tables[T]>[] {
    return this.#store.rows("albumAssets").flatMap(({ data, position }) => {
      if (position > before || !this.seesAlbum(data.albumId)) return [];
      const row = this.#store.find(table, data.assetId);
      if (row === undefined || row.position <= this.#after) return [];
      return this.#repeat(row, data);
    });
  }

  /**
   * If the user owns the album, repeats a row for each album user, as servers up to
   * 2.x do.
   */
  #repeat<T>(row: T, { albumId }: { albumId: string }): T[] {
    if (
      this.#generation.modern || !this.owns(this.ownerOf("albums", albumId))
    ) {
      return [row];
    }
    const users = this.#store.where("albumUsers", { albumId })
      .filter((user) => this.isAlbumUser(user));
    return Array.from({ length: Math.max(1, users.length) }, () => row);
  }

  /**
   * Hides which assets other users marked as favorites, as servers have done since
   * 3.0.0.
   */
  #mask(
    row: Candidate<Tables["assets"]>,
  ): Candidate<Tables["assets"]> {
    const { data, position } = row;
    if (
      !this.#generation.modern || !data.isFavorite || this.owns(data.ownerId)
    ) {
      return row;
    }
    return { data: { ...data, isFavorite: false }, position };
  }
}

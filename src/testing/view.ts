/**
 * What one user sees of a server's rows.
 *
 * @module
 */
import type { Generation } from "./generation.ts";
import type { Row, Store } from "./store.ts";
import type { TableName, Tables } from "./tables.ts";

/** A row as it may go into a stream. */
export interface Candidate<T = object> {
  /** Position that the stream is in the order of. */
  position: string;
  /** Data of the event. */
  data: T;
}

/** A partner or an album, whose rows a user sees since a share. */
export interface Share {
  /** Id of the partner or the album. */
  id: string;
  /** Position of the share. */
  createId: string;
}

/** The rows of a server as one user sees them. */
export class View {
  readonly #store: Store;
  readonly #userId: string;
  readonly #generation: Generation;
  readonly #after: string;

  /** Looks with the eyes of a user, at rows after a position or at all. */
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

  /** What the user sees after a position: few of many rows, most of the time. */
  after(position: string): View {
    return new View(this.#store, this.#userId, this.#generation, position);
  }

  /** The rows of a table for which a condition holds. */
  rows<T extends TableName>(
    table: T,
    sees: (data: Tables[T]) => boolean,
  ): Row<Tables[T]>[] {
    return this.#store.rows(table).filter(({ data, position }) =>
      position > this.#after && sees(data)
    );
  }

  /** Assets as this user sees them. */
  assets(
    sees: (asset: Tables["assets"]) => boolean,
  ): Candidate<Tables["assets"]>[] {
    return this.rows("assets", sees).map((row) => this.#mask(row));
  }

  /** The contents of all albums, or of one, as often as the server repeats them. */
  albumContents(albumId?: string): Row<Tables["albumAssets"]>[] {
    if (albumId !== undefined) {
      return this.#store.rowsWhere("albumAssets", { albumId });
    }
    return this.rows("albumAssets", (data) => this.seesAlbum(data.albumId))
      .flatMap((row) => this.#repeat(row, row.data));
  }

  /** The assets in all albums, or in one, by when they were put there. */
  albumAssets(albumId?: string): Candidate<Tables["assets"]>[] {
    return this.albumContents(albumId).flatMap(({ data, position }) => {
      const row = this.#store.find("assets", data.assetId);
      return row === undefined ? [] : [{ ...this.#mask(row), position }];
    });
  }

  /** EXIF data of the assets in all albums, or in one, by when they were put there. */
  albumExifs(albumId?: string): Candidate<Tables["exifs"]>[] {
    return this.albumContents(albumId).flatMap(({ data, position }) => {
      const row = this.#store.find("exifs", data.assetId);
      return row === undefined ? [] : [{ ...row, position }];
    });
  }

  /** The assets in albums since before a position, by their own change. */
  changedAlbumAssets(before: string): Candidate<Tables["assets"]>[] {
    return this.#changed("assets", before).map((row) => this.#mask(row));
  }

  /** EXIF data of the assets in albums since before a position, by its own change. */
  changedAlbumExifs(before: string): Candidate<Tables["exifs"]>[] {
    return this.#changed("exifs", before);
  }

  /** The partners who share with this user. */
  partners(): Share[] {
    return this.#store.rowsWhere("partners", { sharedWithId: this.#userId })
      .map(({ data, createId }) => ({ id: data.sharedById, createId }));
  }

  /** The albums that this user is a user of; before 3.0.0 that is not the owner. */
  albums(): Share[] {
    return this.#store.rowsWhere("albumUsers", { userId: this.#userId })
      .filter(({ data }) => this.isAlbumUser(data))
      .map(({ data, createId }) => ({ id: data.albumId, createId }));
  }

  /** Whether a row is one that the server has: the owner is a user of an album since 3.0.0. */
  isAlbumUser({ role }: Tables["albumUsers"]): boolean {
    return this.#generation.modern || role !== "owner";
  }

  /** Whether an id is the user's. */
  owns(userId: string | undefined): boolean {
    return userId === this.#userId;
  }

  /** Whether a user shares with this one. */
  hasPartner(userId: string | undefined): boolean {
    const key = `${userId}/${this.#userId}`;
    return this.#store.find("partners", key) !== undefined;
  }

  /** Whether an asset is the user's. */
  ownsAsset(assetId: string): boolean {
    return this.owns(this.ownerOf("assets", assetId));
  }

  /** Whether a memory is the user's. */
  ownsMemory(memoryId: string): boolean {
    return this.owns(this.ownerOf("memories", memoryId));
  }

  /** Whether the user may see an album. */
  seesAlbum(albumId: string): boolean {
    const key = `${albumId}/${this.#userId}`;
    return this.owns(this.ownerOf("albums", albumId)) ||
      this.#store.find("albumUsers", key) !== undefined;
  }

  /** Whose an asset, a memory or an album is. */
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

  /** Servers up to 2.x repeat the rows of an own album for each user of it. */
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

  /** Since 3.0.0, what others like is not shown. */
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

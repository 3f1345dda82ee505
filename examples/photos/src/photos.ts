/**
 * Reads photos and albums from a copy.
 *
 * @module
 */
import type { Mirror, MirrorRow } from "@immich-edge/sync/mirror";
import {
  parsePosition,
  PhotoSource,
  START,
  toPosition,
} from "./photo_source.ts";
import { toPlaceholder } from "./placeholder.ts";

const PAGE_SIZE = 60;

/** A photo or a video. */
export interface Photo {
  id: string;
  /** File name. */
  name: string;
  /** When it was taken, in local time as ISO 8601; "" if unknown. */
  takenAt: string;
  /** City and country, if known. */
  place: string;
  isVideo: boolean;
  isFavorite: boolean;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** A `data:` URL, shown until the thumbnail has loaded. */
  placeholder: string;
  /** Changes when the picture changes. */
  version: string;
}

/** A page of photos, newest first; photos without a date come last. */
export interface PhotoPage {
  photos: Photo[];
  /** The position at which the next page starts, if there is a next page. */
  next?: string;
}

/** Which photos to show. */
export interface PhotoQuery {
  /** Only photos in this album. */
  albumId?: string;
  /** Only photos after this position. */
  before?: string;
}

/** A photo with its metadata. */
export interface PhotoDetails {
  photo: Photo;
  description: string;
  /** Camera and exposure. */
  camera: string[];
  /** Ids of its neighbors in the timeline or album. */
  newer?: string | undefined;
  older?: string | undefined;
}

/** An album, as it was when the last run ended. */
export interface Album {
  id: string;
  name: string;
  description: string;
  /** Number of photos. */
  photos: number;
  /** Number of videos. */
  videos: number;
  cover: Photo | undefined;
}

type PhotoRow = MirrorRow<"assets"> & MirrorRow<"exif">;

const PHOTO = "photo.id, original_file_name, local_date_time, type, " +
  "is_favorite, width, height, thumbhash, city, country";

/** Reads a page of the timeline or of an album. */
export async function readPhotos(
  mirror: Mirror,
  { albumId, before = START }: PhotoQuery,
): Promise<PhotoPage> {
  const rows = await new PhotoSource(mirror, albumId).older<PhotoRow>(
    PHOTO,
    parsePosition(before),
    PAGE_SIZE + 1,
  );
  const photos = rows.slice(0, PAGE_SIZE).map(toPhoto);
  const last = photos.at(-1);
  if (rows.length <= PAGE_SIZE || last === undefined) return { photos };
  return { photos, next: toPosition({ time: last.takenAt, id: last.id }) };
}

/** Reads a photo, and finds its neighbors in the timeline or in an album. */
export async function readPhoto(
  mirror: Mirror,
  id: string,
  albumId?: string,
): Promise<PhotoDetails | undefined> {
  const source = new PhotoSource(mirror, albumId);
  const row = await source.find<PhotoRow>(`${PHOTO}, exif.*`, id);
  if (row === undefined) return undefined;
  const photo = toPhoto(row);
  const position = { time: photo.takenAt, id };
  const [older] = await source.older<{ id: string }>("photo.id", position, 1);
  return {
    photo,
    description: row.description ?? "",
    camera: toCamera(row),
    newer: await source.newer(position),
    older: older?.id,
  };
}

/** Reads an album or all albums; the one with the newest photo comes first. */
export async function readAlbums(
  mirror: Mirror,
  id?: string,
): Promise<Album[]> {
  const rows = await mirror.query<
    PhotoRow & Omit<Album, "cover"> & { albumId: string }
  >(
    `SELECT albums.id albumId, name, albums.description, photos, videos, ${PHOTO}
    FROM albums JOIN album_summaries summary ON summary.album_id = albums.id
    LEFT JOIN visible_assets photo ON photo.id = cover
    LEFT JOIN exif ON exif.asset_id = photo.id
    WHERE ${id === undefined ? "true" : "albums.id = ?"}
    ORDER BY newest DESC, albums.id`,
    ...(id === undefined ? [] : [id]),
  );
  return rows.map((row) => ({
    id: row.albumId,
    name: row.name?.trim() || "Untitled album",
    description: row.description ?? "",
    photos: row.photos,
    videos: row.videos,
    cover: row.id === null ? undefined : toPhoto(row),
  }));
}

/**
 * Reads the thumbhash of a photo that is neither in the trash nor hidden. Returns
 * `undefined` if there is no such photo.
 */
export async function readThumbhash(
  mirror: Mirror,
  id: string,
): Promise<string | null | undefined> {
  const sql = "SELECT thumbhash FROM visible_assets WHERE id = ?";
  const [row] = await mirror.query<{ thumbhash: string | null }>(sql, id);
  return row?.thumbhash;
}

function toCamera(row: PhotoRow): string[] {
  const { make, model, f_number, exposure_time, focal_length, iso } = row;
  const name = model?.startsWith(make ?? "") ? model : `${make} ${model ?? ""}`;
  return [
    make || model ? name.trim() : "",
    f_number ? `f/${f_number}` : "",
    exposure_time ? `${exposure_time} s` : "",
    focal_length ? `${focal_length} mm` : "",
    iso ? `ISO ${iso}` : "",
  ].filter((text) => text !== "");
}

function toPhoto(row: PhotoRow): Photo {
  return {
    id: row.id,
    name: row.original_file_name ?? "",
    takenAt: row.local_date_time ?? "",
    place: [row.city, row.country].filter(Boolean).join(", "),
    isVideo: row.type === "VIDEO",
    isFavorite: row.is_favorite === 1,
    width: row.width ?? 4,
    height: row.height ?? 3,
    placeholder: toPlaceholder(row.thumbhash),
    version: row.thumbhash?.slice(0, 8) ?? "",
  };
}

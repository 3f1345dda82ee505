/**
 * What pages show of a copy.
 *
 * @module
 */
import type { Mirror, MirrorRow } from "@immich-edge/sync/mirror";
import { toPlaceholder } from "./placeholder.ts";

/** Pictures on one page. */
const PAGE_SIZE = 60;

/** A picture. */
export interface Photo {
  /** Id of the asset. */
  id: string;
  /** Name of its file. */
  name: string;
  /** When it was taken there, ISO 8601 without an offset of its own. */
  takenAt: string;
  /** City and country, if they are known. */
  place: string;
  /** Whether it is a film. */
  isVideo: boolean;
  /** Whether its owner likes it. */
  isFavorite: boolean;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** What to show until it is there: a `data:` URL. */
  placeholder: string;
  /** Differs when the picture does. */
  version: string;
}

/** Some pictures, the newest first. */
export interface PhotoPage {
  /** The pictures. */
  photos: Photo[];
  /** Where the next page begins, if there is one. */
  next?: string;
}

/** Which pictures. */
export interface PhotoQuery {
  /** Only those of an album. */
  albumId?: string;
  /** Only older ones: where a page ended, or a year that is over. */
  before?: string;
}

/** A picture, and all that is told of it. */
export interface PhotoDetails {
  /** The picture. */
  photo: Photo;
  /** What its owner says. */
  description: string;
  /** What it was taken with, and how. */
  camera: string[];
  /** Id of the next newer one, if there is one. */
  newer?: string;
  /** Id of the next older one. */
  older?: string;
}

/** An album. */
export interface Album {
  /** Its id. */
  id: string;
  /** Its name. */
  name: string;
  /** What is said about it. */
  description: string;
  /** How many pictures it holds. */
  count: number;
  /** The picture that stands for it. */
  cover?: Photo;
}

type PhotoRow =
  & Pick<
    MirrorRow<"assets">,
    | "id"
    | "original_file_name"
    | "local_date_time"
    | "type"
    | "is_favorite"
    | "width"
    | "height"
    | "thumbhash"
  >
  & Pick<MirrorRow<"exif">, "city" | "country">;

const PHOTO = "SELECT photo.id, original_file_name, local_date_time, type, " +
  "is_favorite, width, height, thumbhash, city, country";
const EXIF = "LEFT JOIN exif ON exif.asset_id = photo.id";

/** A page of the timeline, or of an album. */
export async function readPhotos(
  mirror: Mirror,
  { albumId, before = "9" }: PhotoQuery,
): Promise<PhotoPage> {
  const [time = "", id = ""] = before.split("~");
  const { from, params } = toSource(albumId);
  const rows = await mirror.query<PhotoRow>(
    `${PHOTO} ${from} AND (local_date_time, photo.id) < (?, ?)
    ORDER BY local_date_time DESC, photo.id DESC LIMIT ${PAGE_SIZE + 1}`,
    ...[...params, time, id],
  );
  const photos = rows.slice(0, PAGE_SIZE).map(toPhoto);
  const last = photos.at(-1);
  if (rows.length <= PAGE_SIZE || last === undefined) return { photos };
  return { photos, next: `${last.takenAt}~${last.id}` };
}

/** One picture, and its neighbours in the timeline or in an album. */
export async function readPhoto(
  mirror: Mirror,
  id: string,
  albumId?: string,
): Promise<PhotoDetails | undefined> {
  const { from, params } = toSource(albumId);
  const [row] = await mirror.query<PhotoRow & MirrorRow<"exif">>(
    `${PHOTO}, exif.* ${from} AND photo.id = ?`,
    ...[...params, id],
  );
  if (row === undefined) return undefined;
  const photo = toPhoto({ ...row, id });
  const find = async (sign: "<" | ">", order: "ASC" | "DESC") => {
    const [next] = await mirror.query<{ id: string }>(
      `SELECT photo.id ${from} AND (local_date_time, photo.id) ${sign} (?, ?)
      ORDER BY local_date_time ${order}, photo.id ${order} LIMIT 1`,
      ...[...params, photo.takenAt, id],
    );
    return next?.id;
  };
  const newer = await find(">", "ASC");
  const older = await find("<", "DESC");
  return {
    photo,
    description: row.description ?? "",
    camera: toCamera(row),
    ...(newer === undefined ? {} : { newer }),
    ...(older === undefined ? {} : { older }),
  };
}

/** All albums, the newest picture of each first. */
export async function readAlbums(mirror: Mirror): Promise<Album[]> {
  const rows = await mirror.query<MirrorRow<"albums"> & { count: number }>(
    `SELECT albums.*, count(photo.id) count FROM albums
    LEFT JOIN album_timeline photo ON photo.album_id = albums.id
    GROUP BY albums.id ORDER BY max(local_date_time) DESC, albums.id`,
  );
  return await Promise.all(rows.map((row) => toAlbum(mirror, row)));
}

/** One album. */
export async function readAlbum(
  mirror: Mirror,
  id: string,
): Promise<Album | undefined> {
  const [row] = await mirror.query<MirrorRow<"albums"> & { count: number }>(
    `SELECT albums.*, (
      SELECT count(*) FROM album_timeline WHERE album_id = albums.id
    ) count FROM albums WHERE id = ?`,
    id,
  );
  return row === undefined ? undefined : await toAlbum(mirror, row);
}

/** Whether a picture is in the copy, and neither in the trash nor hidden. */
export async function isVisible(mirror: Mirror, id: string): Promise<boolean> {
  const sql = "SELECT 1 FROM visible_assets WHERE id = ?";
  return (await mirror.query(sql, id)).length > 0;
}

/** The years that there are pictures of, the newest first. */
export async function countYears(mirror: Mirror): Promise<string[]> {
  const rows = await mirror.query<{ year: string }>(
    `SELECT DISTINCT substr(local_date_time, 1, 4) year FROM timeline
    ORDER BY year DESC`,
  );
  return rows.map(({ year }) => year);
}

/** The timeline, or an album. */
function toSource(albumId: string | undefined): {
  from: string;
  params: string[];
} {
  return albumId === undefined
    ? { from: `FROM timeline photo ${EXIF} WHERE true`, params: [] }
    : {
      from: `FROM album_timeline photo ${EXIF} WHERE album_id = ?`,
      params: [albumId],
    };
}

function toCamera(row: MirrorRow<"exif">): string[] {
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

async function toAlbum(
  mirror: Mirror,
  { id, name, description, count, thumbnail_asset_id }:
    & MirrorRow<"albums">
    & { count: number },
): Promise<Album> {
  const { from, params } = toSource(id);
  const sql = `${PHOTO} ${from}`;
  // The one that was chosen is found by its key, any other by reading them all.
  const [chosen] = await mirror.query<PhotoRow>(
    `${sql} AND photo.id = ?`,
    ...[...params, thumbnail_asset_id],
  );
  const [cover] = chosen ? [chosen] : await mirror.query<PhotoRow>(
    `${sql} ORDER BY local_date_time DESC LIMIT 1`,
    ...params,
  );
  return {
    id,
    name: name ?? "",
    description: description ?? "",
    count,
    ...(cover === undefined ? {} : { cover: toPhoto(cover) }),
  };
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

/**
 * The order of photos on pages.
 *
 * @module
 */
import type { Mirror } from "@immich-edge/sync/mirror";

/**
 * A position in a list of photos, written as `time~id`. The list is sorted by time and
 * id; photos without a date come last and have the time "".
 */
export interface Position {
  time: string;
  id: string;
}

/** The position before all photos: letters sort after digits. */
export const START = "z";

/** Reads a position. */
export function parsePosition(text: string): Position {
  const [time = "", id = ""] = text.split("~");
  return { time, id };
}

/** Writes the position of a photo. */
export function toPosition({ time, id }: Position): string {
  return `${time}~${id}`;
}

/** Returns the position before a year's photos; "" stands for photos without a date. */
export function startOfYear(year: string): string {
  return year === "" ? "~z" : `${year}z`;
}

/** The photos in the timeline or an album, in page order. */
export class PhotoSource {
  readonly #mirror: Mirror;
  readonly #from: string;
  readonly #params: string[];

  constructor(mirror: Mirror, albumId: string | undefined) {
    const exif = "LEFT JOIN exif ON exif.asset_id = photo.id";
    this.#mirror = mirror;
    this.#from = albumId === undefined
      ? `FROM timeline photo ${exif} WHERE true`
      : `FROM album_timeline photo ${exif} WHERE album_id = ?`;
    this.#params = albumId === undefined ? [] : [albumId];
  }

  /** Finds a photo by its id. */
  async find<Row>(select: string, id: string | null): Promise<Row | undefined> {
    const [row] = await this.#query<Row>(select, "photo.id = ?", id);
    return row;
  }

  /** Reads the photos after a position. */
  async older<Row>(
    select: string,
    { time, id }: Position,
    limit: number,
  ): Promise<Row[]> {
    // Two queries, because a single query for both kinds would not use the index.
    const dated = time === "" ? [] : await this.#query<Row>(
      select,
      `(local_date_time, photo.id) < (?, ?)
      ORDER BY local_date_time DESC, photo.id DESC LIMIT ${limit}`,
      ...[time, id],
    );
    const undated = await this.#query<Row>(
      select,
      `local_date_time IS NULL AND photo.id < ?
      ORDER BY photo.id DESC LIMIT ${limit - dated.length}`,
      time === "" ? id : "z",
    );
    return [...dated, ...undated];
  }

  /** Finds the photo before a position, and returns its id. */
  async newer({ time, id }: Position): Promise<string | undefined> {
    const [undated] = time !== "" ? [] : await this.#query<{ id: string }>(
      "photo.id",
      `local_date_time IS NULL AND photo.id > ? ORDER BY photo.id LIMIT 1`,
      id,
    );
    if (undated !== undefined) return undated.id;
    const [dated] = await this.#query<{ id: string }>(
      "photo.id",
      `(local_date_time, photo.id) > (?, ?)
      ORDER BY local_date_time, photo.id LIMIT 1`,
      ...[time, time === "" ? "" : id],
    );
    return dated?.id;
  }

  async #query<Row>(
    select: string,
    condition: string,
    ...params: (string | null)[]
  ): Promise<Row[]> {
    return await this.#mirror.query<Row>(
      `SELECT ${select} ${this.#from} AND ${condition}`,
      ...[...this.#params, ...params],
    );
  }
}

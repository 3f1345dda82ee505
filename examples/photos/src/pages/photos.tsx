/**
 * Photos by month, and albums.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { startOfYear } from "../photo_source.ts";
import type { Album, Photo, PhotoPage } from "../photos.ts";
import { toText } from "./status.tsx";

const MONTHS =
  "January February March April May June July August September October November December"
    .split(" ");

/** A section for each month, and a link to older photos. */
export function Timeline(
  { page, albumId }: { page: PhotoPage; albumId?: string },
): JSX.Element {
  const path = albumId === undefined ? "/" : `/albums/${albumId}`;
  const of = albumId === undefined ? "" : `?album=${albumId}`;
  const months = Map.groupBy(page.photos, toMonth);
  return (
    <div id="timeline">
      {[...months].map(([month, photos]) => (
        <section class="month" data-month={month} aria-label={toTitle(month)}>
          <h2>{toTitle(month)}</h2>
          <ul class="photos">
            {photos.map((photo) => (
              <li>
                <a href={`/photos/${photo.id}${of}`}>
                  <Picture photo={photo} />
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {page.next && (
        <p class="more">
          <a
            class="button quiet"
            id="more"
            href={`${path}?before=${encodeURIComponent(page.next)}`}
          >
            Older photos
          </a>
        </p>
      )}
    </div>
  );
}

/** Links to the years that have photos. */
export function Years({ years }: { years: string[] }): JSX.Element | null {
  if (years.length < 2) return null;
  return (
    <nav class="years" aria-label="Years">
      {years.map((year) => (
        <a href={`/?before=${encodeURIComponent(startOfYear(year))}#timeline`}>
          {toYearTitle(year)}
        </a>
      ))}
    </nav>
  );
}

/** All albums. */
export function Albums({ albums }: { albums: Album[] }): JSX.Element | null {
  if (albums.length === 0) return null;
  return (
    <section class="albums" aria-labelledby="albums-title">
      <h2 id="albums-title">Albums</h2>
      <ul>
        {albums.map((album) => (
          <li>
            <a href={`/albums/${album.id}`}>
              <span class="cover">
                {album.cover && <Picture photo={album.cover} isCover />}
              </span>
              <b>{album.name}</b>
              <span class="fine">{toCount(album)}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Returns the number of photos and videos in an album, in words. */
export function toCount(
  { photos, videos }: Pick<Album, "photos" | "videos">,
): string {
  if (videos === 0) return count(photos, "photo");
  if (photos === 0) return count(videos, "video");
  return `${count(photos, "photo")} and ${count(videos, "video")}`;
}

function count(number: number, what: string): string {
  return `${toText(number)} ${what}${number === 1 ? "" : "s"}`;
}

/** A thumbnail on top of its placeholder. */
export function Picture(
  { photo, size = "thumbnail", isCover }: {
    photo: Photo;
    size?: "thumbnail" | "preview";
    isCover?: boolean;
  },
): JSX.Element {
  const { id, version, width, height, placeholder, isVideo, isFavorite } =
    photo;
  // A picture that changes keeps its id, so the address needs a version.
  const src = `/thumbnails/${id}?size=${size}&v=${encodeURIComponent(version)}`;
  return (
    <span class="picture">
      <img src={placeholder} alt="" width={width} height={height} />
      <img
        src={src}
        alt={isCover ? "" : describe(photo)}
        width={width}
        height={height}
        loading="lazy"
        decoding="async"
      />
      {!isCover && isVideo && <span class="badge" aria-hidden="true">▶</span>}
      {!isCover && isFavorite && (
        <span class="badge heart" aria-hidden="true">♥</span>
      )}
    </span>
  );
}

/** Describes a photo for screen readers. */
function describe(photo: Photo): string {
  const { place, isVideo, isFavorite, name } = photo;
  const kind = isVideo ? "Video" : "Photo";
  const day = photo.takenAt === "" ? "without a date" : `of ${toDay(photo)}`;
  return `${kind} ${day}${place && `, ${place}`}, ${name}${
    isFavorite ? ", favorite" : ""
  }`;
}

/** Returns the day on which a photo was taken, in local time. */
export function toDay(photo: Photo): string {
  const month = toMonth(photo);
  const day = Number(photo.takenAt.slice(month.length + 1, month.length + 3));
  return `${day || ""} ${toTitle(month)}`.trim();
}

/** Returns the year and month of a photo; years have at least four digits. */
function toMonth({ takenAt }: Photo): string {
  return /^[+-]?\d+-\d\d/.exec(takenAt)?.[0] ?? "";
}

function toTitle(month: string): string {
  const [, year = "", number] = /^(.*)-(\d\d)$/.exec(month) ?? [];
  return `${MONTHS[Number(number) - 1] ?? ""} ${toYearTitle(year)}`.trim();
}

function toYearTitle(year: string): string {
  if (year === "") return "No date";
  const number = Number(year);
  return number > 0 ? `${number}` : `${1 - number} BC`;
}

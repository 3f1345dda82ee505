/**
 * Pictures by month, and albums.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Album, Photo, PhotoPage } from "../photos.ts";
import { toText } from "./status.tsx";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** Pictures, a section for each month, and the way to older ones. */
export function Timeline(
  { page, albumId }: { page: PhotoPage; albumId?: string },
): JSX.Element {
  const path = albumId === undefined ? "/" : `/albums/${albumId}`;
  const of = albumId === undefined ? "" : `?album=${albumId}`;
  const months = Map.groupBy(page.photos, ({ takenAt }) => takenAt.slice(0, 7));
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

/** The years that there are pictures of. */
export function Years({ years }: { years: string[] }): JSX.Element | null {
  if (years.length < 2) return null;
  return (
    <nav class="years" aria-label="Years">
      {years.map((year) => (
        <a href={`/?before=${Number(year) + 1}#timeline`}>{year}</a>
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
              <span class="fine">{toCount(album.count)}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How many pictures, in words. */
export function toCount(count: number): string {
  return count === 1 ? "1 photo" : `${toText(count)} photos`;
}

/** A picture, and below it what is seen until it is there. */
export function Picture(
  { photo, size = "thumbnail", isCover }: {
    photo: Photo;
    size?: "thumbnail" | "preview";
    isCover?: boolean;
  },
): JSX.Element {
  const { id, version, width, height, placeholder, isVideo, isFavorite } =
    photo;
  // The id of a picture that changes stays, so the address says which it is.
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

/** What somebody who does not see it is told. */
function describe(photo: Photo): string {
  const { place, isVideo, isFavorite, name } = photo;
  return `${isVideo ? "Video" : "Photo"} of ${toDay(photo)}` +
    `${place && `, ${place}`}, ${name}${isFavorite ? ", favourite" : ""}`;
}

/** The day on which it was taken, there. */
export function toDay({ takenAt }: Photo): string {
  return `${Number(takenAt.slice(8, 10))} ${toTitle(takenAt.slice(0, 7))}`;
}

function toTitle(month: string): string {
  const [year, number] = month.split("-");
  return `${MONTHS[Number(number) - 1] ?? ""} ${year}`.trim();
}

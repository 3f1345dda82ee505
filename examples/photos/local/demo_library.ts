/**
 * Fills a library with the photos and albums described in `library.json`.
 *
 * @module
 */
import type { SyncAssetExifV1, SyncAssetV2 } from "@immich-edge/sync";
import type { FakeLibrary } from "@immich-edge/sync/testing";
import demo from "./library.json" with { type: "json" };

/** A picture in the `pictures` folder. */
interface Picture {
  width: number;
  height: number;
  /** The hour of the day at which it seems to have been taken. */
  hour: number;
  thumbhash: string;
  isFavorite?: boolean;
  /** Length of a video, in milliseconds. */
  duration?: number;
}

type Place = typeof demo.home.place;

/** A library to fill. */
export interface Desk {
  library: FakeLibrary;
  /** Asset id → picture number. */
  pictures: Map<string, number>;
  /** The time of the newest photo, in milliseconds since 1970. */
  now: number;
}

const PICTURES: Record<number, Picture> = demo.pictures;
const CAMERAS: Partial<SyncAssetExifV1>[] = demo.cameras;

/** The numbers of all pictures. */
export const NUMBERS: readonly number[] = Object.keys(PICTURES).map(Number);

/** The age of the oldest photo, in days. */
const DAYS = 6 * 365;

/** The share of photos taken on trips. */
const ON_TRIPS = 0.4;

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** Adds photos taken at home and on trips, and an album for each trip. */
export function fillLibrary(desk: Desk, assets: number): void {
  const tripDays = demo.trips.reduce((sum, { days }) => sum + days, 0);
  let left = assets;
  for (const trip of demo.trips) {
    const { name, description, days, place, pictures } = trip;
    const count = Math.floor(assets * ON_TRIPS * days / tripDays);
    left -= count;
    const begin = beginOf(trip, desk.now);
    const ids = Array.from({ length: count }, (_, index) => {
      const day = begin + Math.floor(index * days / count) * DAY_MS;
      return addOnDay(desk, day, place, pictures);
    });
    if (count > 0) desk.library.addAlbum({ name, description }, ids);
  }
  const { place, months } = demo.home;
  for (let index = left; index > 0; index--) {
    // Recent months have more photos than earlier ones.
    const daysAgo = Math.ceil((index / left) ** 1.4 * DAYS);
    const day = Math.floor(desk.now / DAY_MS - daysAgo) * DAY_MS;
    addOnDay(desk, day, place, months[new Date(day).getUTCMonth()]!);
  }
}

/** Assigns pictures to existing assets. */
export function givePictures(desk: Desk, ids: Iterable<string>): void {
  for (const id of ids) {
    const number = pick(NUMBERS, desk.pictures.size);
    const { width, height, thumbhash } = PICTURES[number]!;
    desk.library.updateAsset(id, { width, height, thumbhash });
    const size = { exifImageWidth: width, exifImageHeight: height };
    desk.library.updateExif(id, size);
    desk.pictures.set(id, number);
  }
}

/** Adds a photo taken now. */
export function takePicture(desk: Desk, index: number): SyncAssetV2 {
  const { place } = demo.home;
  const localTime = desk.now + place.utcOffset * HOUR_MS;
  return add(desk, pick(NUMBERS, index), place, localTime);
}

/** Returns when a trip started; `yearsAgo` counts from its last possible end. */
function beginOf(
  { begin, yearsAgo, days }: { begin: string; yearsAgo: number; days: number },
  now: number,
): number {
  const thisYear = new Date(now).getUTCFullYear();
  const isOver = Date.parse(`${thisYear}-${begin}`) + days * DAY_MS < now;
  return Date.parse(`${thisYear - yearsAgo - (isOver ? 0 : 1)}-${begin}`);
}

/** Adds the next suitable picture, at about the hour that the picture shows. */
function addOnDay(
  desk: Desk,
  day: number,
  place: Place,
  fitting: readonly number[],
): string {
  const index = desk.pictures.size;
  const number = pick(fitting, index);
  const seconds = PICTURES[number]!.hour * 3600 + index * 617 % 3600 - 1800;
  return add(desk, number, place, day + seconds * 1000).id;
}

function add(
  desk: Desk,
  number: number,
  { utcOffset, ...where }: Place,
  localTime: number,
): SyncAssetV2 {
  const { width, height, thumbhash, ...picture } = PICTURES[number]!;
  const { duration = null, isFavorite = false } = picture;
  const localDateTime = new Date(localTime).toISOString();
  const taken = new Date(localTime - utcOffset * HOUR_MS).toISOString();
  const digits = localDateTime.slice(0, 19).replace(/[-:]/g, "");
  const name = digits.replace("T", "_");
  const asset = desk.library.addAsset({
    originalFileName: duration ? `VID_${name}.mp4` : `IMG_${name}.jpg`,
    type: duration ? "VIDEO" : "IMAGE",
    duration,
    isFavorite,
    fileCreatedAt: taken,
    fileModifiedAt: taken,
    createdAt: taken,
    localDateTime,
    ...{ width, height, thumbhash },
  });
  desk.library.updateExif(asset.id, {
    ...pick(CAMERAS, number),
    ...where,
    exifImageWidth: width,
    exifImageHeight: height,
    dateTimeOriginal: taken,
    modifyDate: taken,
    timeZone: `UTC+${utcOffset}`,
    fps: duration ? 30 : null,
  });
  desk.pictures.set(asset.id, number);
  return asset;
}

/** Returns an element of a list, which starts again after its last element. */
function pick<T>(values: readonly T[], index: number): T {
  return values[index % values.length]!;
}

/**
 * Fills a library with what years of photography leave behind.
 *
 * @module
 */
import type { SyncAssetV2 } from "@immich-edge/sync";
import type { FakeLibrary } from "@immich-edge/sync/testing";
import { SCENES, type Theme, thumbHashOf } from "./images.ts";
import {
  CAMERAS,
  HOME,
  type Place,
  SEASONS,
  type Trip,
  TRIPS,
} from "./places.ts";
import type { Random } from "./random.ts";

/** Asset → the scene that it shows. */
export type Pictures = Map<string, number>;

/** How far back the pictures go. */
const YEARS = 6;

const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;

/** How much of the pictures are of trips. */
const ON_TRIPS = 0.4;

/** A picture to be taken. */
interface Shot {
  scene: number;
  /** When, on the clock of the place. */
  localTime: number;
  place: Place;
}

/** Whose library is filled, and until when. */
interface Desk {
  library: FakeLibrary;
  pictures: Pictures;
  random: Random;
  /** Nothing is taken after this. */
  now: number;
}

/** Takes pictures at home and away, and puts those of each trip in an album. */
export function fillLibrary(desk: Desk, assets: number): void {
  const { library, random } = desk;
  const shares = TRIPS.map(({ days }) => days);
  const all = shares.reduce((sum, days) => sum + days, 0);
  let left = assets;
  for (const trip of TRIPS) {
    const count = Math.floor(assets * ON_TRIPS * trip.days / all);
    left -= count;
    const ids = takeAll(desk, shotsOf(desk, trip, count));
    const id = random.uuid();
    const { name, description } = trip;
    if (ids.length > 0) library.addAlbum({ id, name, description }, ids);
  }
  takeAll(desk, shotsAtHome(desk, left));
}

/** Gives pictures to the assets that a library has already. */
export function givePictures(
  { library, pictures, random }: Desk,
  ids: Iterable<string>,
): void {
  for (const id of ids) {
    const scene = random.integer(0, SCENES.length - 1);
    const { width, height } = sceneAt(scene);
    library.updateAsset(id, { width, height, thumbhash: thumbHashOf(scene) });
    const size = { exifImageWidth: width, exifImageHeight: height };
    library.updateExif(id, size);
    pictures.set(id, scene);
  }
}

/** Takes a picture of a scene now. */
export function takePicture(desk: Desk, scene: number): SyncAssetV2 {
  const localTime = desk.now + HOME.offset * HOUR_MS;
  return take(desk, { scene, localTime, place: HOME });
}

function shotsOf({ random, now }: Desk, trip: Trip, count: number): Shot[] {
  const [month, day] = trip.begin;
  const { place, days, themes } = trip;
  let year = new Date(now).getUTCFullYear();
  if (Date.UTC(year, month - 1, day + days + 1) > now) year--;
  const begin = Date.UTC(year - trip.yearsAgo, month - 1, day);
  const choose = chooser(random);
  return Array.from({ length: count }, () => {
    const scene = choose(themes);
    const midnight = begin + random.integer(0, days - 1) * DAY_MS;
    return { scene, place, localTime: timeOf(random, midnight, scene) };
  });
}

/** Days at home with a picture or a few, spread over the years. */
function shotsAtHome({ random, now }: Desk, count: number): Shot[] {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const days = Math.floor(YEARS * 365.25);
  // A large library has more pictures of a day, not more days.
  const busy = Math.max(5, Math.ceil(count / days * 2));
  const choose = chooser(random);
  const shots: Shot[] = [];
  while (shots.length < count) {
    // One picture of each quarter of a year, and then more of late than of old.
    const isFirst = shots.length < 4 * YEARS;
    const round = isFirst ? shots.length / (4 * YEARS) : random.next() ** 1.4;
    const midnight = today - (1 + Math.floor(round * (days - 2))) * DAY_MS;
    const themes = SEASONS[new Date(midnight).getUTCMonth()] ?? [];
    const most = isFirst ? 1 : random.integer(1, busy);
    const some = Math.min(most, count - shots.length);
    const theme = random.pick(themes);
    for (let shot = 0; shot < some; shot++) {
      const scene = choose([theme]);
      const localTime = timeOf(random, midnight, scene);
      shots.push({ scene, localTime, place: HOME });
    }
  }
  return shots;
}

/** Chooses scenes of some themes, none twice in a row. */
function chooser(random: Random): (themes: readonly Theme[]) => number {
  let last = -1;
  return (themes) => {
    const fitting = scenesOf(random.pick(themes));
    return last = random.pick(fitting.filter((scene) => scene !== last));
  };
}

const BY_THEME: ReadonlyMap<Theme, readonly number[]> = Map.groupBy(
  SCENES.keys(),
  (index) => sceneAt(index).theme,
);

function scenesOf(theme: Theme): readonly number[] {
  return BY_THEME.get(theme) ?? [];
}

function sceneAt(index: number) {
  const scene = SCENES[index];
  if (scene !== undefined) return scene;
  throw new RangeError(`Cannot take picture: there is no scene ${index}`);
}

/** A moment of a day that looks like the scene. */
function timeOf(random: Random, midnight: number, scene: number): number {
  const { hour } = sceneAt(scene);
  const seconds = (hour + random.next() * 2 - 1) * HOUR_MS / 1000;
  return midnight + Math.round(seconds) * 1000;
}

/** Takes pictures in the order of time, as they are uploaded. */
function takeAll(desk: Desk, shots: readonly Shot[]): string[] {
  return shots.toSorted((a, b) => a.localTime - b.localTime)
    .map((shot) => take(desk, shot).id);
}

function take(
  { library, pictures, random }: Desk,
  { scene, localTime, place }: Shot,
): SyncAssetV2 {
  const { width, height } = sceneAt(scene);
  const isVideo = random.happens(0.03);
  const local = new Date(localTime).toISOString();
  const taken = new Date(localTime - place.offset * HOUR_MS).toISOString();
  const digits = local.slice(0, 19).replace(/[-:]/g, "").replace("T", "_");
  const asset = library.addAsset({
    id: random.uuid(),
    originalFileName: isVideo ? `VID_${digits}.mp4` : `IMG_${digits}.jpg`,
    type: isVideo ? "VIDEO" : "IMAGE",
    duration: isVideo ? random.integer(3_000, 90_000) : null,
    fileCreatedAt: taken,
    fileModifiedAt: taken,
    createdAt: taken,
    localDateTime: local,
    isFavorite: random.happens(0.06),
    width,
    height,
    checksum: random.bytes(20).toBase64(),
    thumbhash: thumbHashOf(scene),
  });
  const { id } = asset;
  pictures.set(id, scene);
  const { offset, latitude, longitude, ...names } = place;
  // Some pictures are of no place: a camera without a position, a friend's file.
  const where = random.happens(0.85)
    ? {
      ...names,
      latitude: near(random, latitude),
      longitude: near(random, longitude),
    }
    : {};
  library.updateExif(id, {
    ...random.pick(CAMERAS),
    ...where,
    exifImageWidth: width,
    exifImageHeight: height,
    fileSizeInByte: random.integer(2_000_000, 7_000_000),
    dateTimeOriginal: taken,
    modifyDate: taken,
    timeZone: `UTC+${offset}`,
    iso: random.pick([64, 100, 200, 400, 800]),
    exposureTime: `1/${random.pick([60, 125, 250, 500, 1000])}`,
    fps: isVideo ? 30 : null,
  });
  return asset;
}

/** A few kilometres from a coordinate. */
function near(random: Random, degrees: number): number {
  return Math.round((degrees + (random.next() - 0.5) * 0.06) * 1e5) / 1e5;
}

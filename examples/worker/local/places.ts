/**
 * Where the demo's pictures were taken: at home, and on the way.
 *
 * @module
 */
import type { SyncAssetExifV1 } from "@immich-edge/sync";
import type { Theme } from "./images.ts";

/** A place, as the EXIF data names it. */
export interface Place {
  /** City. */
  city: string;
  /** State or province. */
  state: string;
  /** Country. */
  country: string;
  /** Latitude in degrees. */
  latitude: number;
  /** Longitude in degrees. */
  longitude: number;
  /** Hours that its clocks are ahead of UTC. */
  offset: number;
}

/** Some days away. */
export interface Trip {
  /** Name of its album. */
  name: string;
  /** What the album says about it. */
  description: string;
  /** Month that it began in, from 1, and the day. */
  begin: readonly [number, number];
  /** How many times the year has come round since. */
  yearsAgo: number;
  /** How long it took. */
  days: number;
  /** Where it went. */
  place: Place;
  /** What there was to see. */
  themes: readonly Theme[];
}

function place(
  [city, state, country]: readonly [string, string, string],
  [latitude, longitude]: readonly [number, number],
  offset: number,
): Place {
  return { city, state, country, latitude, longitude, offset };
}

/** Where most pictures are taken. */
export const HOME: Place = place(
  ["Freiburg", "Baden-Württemberg", "Germany"],
  [47.9959, 7.8522],
  1,
);

/** What there is to see at home, by month from January. */
export const SEASONS: readonly (readonly Theme[])[] = [
  ["snow", "city", "hills"],
  ["snow", "city", "night"],
  ["hills", "city", "flowers"],
  ["flowers", "hills", "city"],
  ["flowers", "lake", "hills"],
  ["lake", "flowers", "hills"],
  ["lake", "hills", "flowers"],
  ["lake", "hills", "city"],
  ["hills", "lake", "city"],
  ["hills", "lake", "night"],
  ["city", "hills", "night"],
  ["city", "snow", "night"],
];

/** Cameras and phones. */
export const CAMERAS: readonly Pick<
  SyncAssetExifV1,
  "make" | "model" | "lensModel" | "fNumber" | "focalLength"
>[] = [
  {
    make: "FUJIFILM",
    model: "X-T5",
    lensModel: "XF23mm F2 R WR",
    fNumber: 5.6,
    focalLength: 23,
  },
  {
    make: "Google",
    model: "Pixel 8",
    lensModel: null,
    fNumber: 1.7,
    focalLength: 6.9,
  },
  {
    make: "Apple",
    model: "iPhone 14",
    lensModel: "iPhone 14 back dual wide camera 5.7mm f/1.5",
    fNumber: 1.5,
    focalLength: 5.7,
  },
];

/** All journeys, one album each. */
export const TRIPS: readonly Trip[] = [
  {
    name: "Lisbon in spring",
    description: "Trams, tiles and the wide river",
    begin: [4, 11],
    yearsAgo: 0,
    days: 6,
    place: place(["Lisbon", "Lisbon", "Portugal"], [38.7223, -9.1393], 1),
    themes: ["city", "sea"],
  },
  {
    name: "Summer on Naxos",
    description: "Two weeks of nothing but sea",
    begin: [7, 18],
    yearsAgo: 0,
    days: 12,
    place: place(["Naxos", "South Aegean", "Greece"], [37.1036, 25.3766], 3),
    themes: ["sea"],
  },
  {
    name: "Northern lights",
    description: "Tromsø, at 20 below zero",
    begin: [2, 6],
    yearsAgo: 1,
    days: 5,
    place: place(["Tromsø", "Troms", "Norway"], [69.6492, 18.9553], 1),
    themes: ["night", "snow"],
  },
  {
    name: "Into the Sahara",
    description: "",
    begin: [10, 20],
    yearsAgo: 1,
    days: 7,
    place: place(
      ["Merzouga", "Drâa-Tafilalet", "Morocco"],
      [31.0802, -4.0133],
      1,
    ),
    themes: ["desert"],
  },
  {
    name: "Tulips",
    description: "A weekend by bicycle",
    begin: [4, 22],
    yearsAgo: 2,
    days: 3,
    place: place(
      ["Lisse", "South Holland", "Netherlands"],
      [52.2584, 4.5567],
      2,
    ),
    themes: ["flowers"],
  },
  {
    name: "New Year in Hong Kong",
    description: "",
    begin: [12, 27],
    yearsAgo: 2,
    days: 8,
    place: place(
      ["Hong Kong", "Central and Western", "Hong Kong"],
      [22.2793, 114.1628],
      8,
    ),
    themes: ["city"],
  },
  {
    name: "Lakes of Slovenia",
    description: "Bled, Bohinj and the rain between",
    begin: [9, 9],
    yearsAgo: 3,
    days: 7,
    place: place(["Bled", "Upper Carniola", "Slovenia"], [46.3683, 14.1146], 2),
    themes: ["lake", "hills"],
  },
  {
    name: "Ski week",
    description: "Zermatt, and not a cloud",
    begin: [1, 21],
    yearsAgo: 3,
    days: 6,
    place: place(["Zermatt", "Valais", "Switzerland"], [46.0207, 7.7491], 1),
    themes: ["snow"],
  },
  {
    name: "Provence in bloom",
    description: "",
    begin: [6, 24],
    yearsAgo: 4,
    days: 8,
    place: place(
      ["Valensole", "Provence-Alpes-Côte d'Azur", "France"],
      [43.8378, 5.9838],
      2,
    ),
    themes: ["flowers", "hills"],
  },
  {
    name: "Sailing the Baltic",
    description: "From island to island",
    begin: [8, 3],
    yearsAgo: 5,
    days: 9,
    place: place(["Visby", "Gotland", "Sweden"], [57.6348, 18.2948], 2),
    themes: ["sea", "lake"],
  },
];

/**
 * The sea, cities and nights.
 *
 * @module
 */
import * as views from "./views.ts";
import { type Scene, scene } from "./scene.ts";

const LAMPS = ["ffd890", "ffe9bf", "ffb55e", "cfe4ff"];
const STREET = ["ff9d3c", "ff5a4a", "ffd27a", "5fa8ff", "ffe9c8"];

/** What there is to see. */
export const PLACES: readonly Scene[] = [
  scene(
    "sea",
    "photo",
    20,
    (canvas) =>
      views.sea(canvas, 301, "sunset", {
        water: "3a2d55",
        sun: { x: 0.55, y: 0.5 },
      }),
  ),
  scene("sea", "camera", 13, (canvas) =>
    views.sea(canvas, 317, "noon", {
      water: "0f5f94",
      boats: [{ x: 0.62, y: 0.7, size: 0.24, sail: "fbfaf4", hull: "7a2f2a" }],
    })),
  scene(
    "sea",
    "portrait",
    21,
    (canvas) =>
      views.sea(canvas, 322, "dusk", {
        water: "23264f",
        sun: { x: 0.35, y: 0.55, size: 0.03 },
      }),
  ),
  scene("sea", "wide", 18, (canvas) =>
    views.sea(canvas, 334, "gold", {
      water: "6a6a5c",
      sun: { x: 0.3, y: 0.42 },
      boats: [
        { x: 0.66, y: 0.66, size: 0.17, sail: "5a3f30", hull: "2a1d18" },
        { x: 0.82, y: 0.63, size: 0.08, sail: "5a3f30", hull: "2a1d18" },
      ],
    })),
  scene(
    "sea",
    "camera",
    15,
    (canvas) =>
      views.sea(canvas, 341, "storm", { water: "2a3b42", clouds: 0.7 }),
  ),
  scene(
    "sea",
    "tall",
    22,
    (canvas) =>
      views.sea(canvas, 356, "night", {
        water: "0a1836",
        sun: { x: 0.6, y: 0.24, size: 0.035 },
        clouds: 0.3,
      }),
  ),
  scene(
    "sea",
    "square",
    12,
    (canvas) =>
      views.beach(canvas, 363, ["0b5c8f", "1698b0", "5fd0c4", "c9ecd8"], [
        "eed9ad",
        "d9b98a",
      ]),
  ),
  scene(
    "sea",
    "photo",
    12,
    (canvas) =>
      views.beach(canvas, 378, ["0a3f6e", "146f9e", "3fb3bd", "a8e0d2"], [
        "f2e3c4",
        "e0c79c",
      ]),
  ),
  scene(
    "sea",
    "portrait",
    12,
    (canvas) =>
      views.beach(canvas, 389, ["123b44", "1f6b6f", "5aa79a", "b9d8c4"], [
        "5c5450",
        "3d3836",
      ]),
  ),

  scene(
    "city",
    "camera",
    22,
    (canvas) =>
      views.city(canvas, 401, "night", {
        wall: "16203c",
        lights: LAMPS,
        lit: 0.5,
        water: "0b1530",
      }),
  ),
  scene(
    "city",
    "photo",
    21,
    (canvas) =>
      views.city(canvas, 418, "dusk", {
        wall: "2c2a4e",
        lights: LAMPS,
        lit: 0.42,
        water: "2c2d58",
      }),
  ),
  scene(
    "city",
    "portrait",
    20,
    (canvas) =>
      views.city(canvas, 423, "sunset", {
        wall: "3a2138",
        lights: LAMPS,
        lit: 0.25,
        water: "4a2c48",
      }),
  ),
  scene(
    "city",
    "wide",
    9,
    (canvas) =>
      views.city(canvas, 437, "morning", {
        wall: "7f95a8",
        lights: ["c3d6e4", "e6eef2"],
        lit: 0.5,
        water: "6f93a8",
      }),
  ),
  scene("city", "camera", 22, (canvas) =>
    views.city(canvas, 444, "night", {
      wall: "121a30",
      lights: LAMPS,
      lit: 0.4,
      water: "0b1228",
      bursts: [
        { x: 0.3, y: 0.26, radius: 0.21, color: "ffb84a", seed: 5 },
        { x: 0.64, y: 0.2, radius: 0.16, color: "ff5f7a", seed: 9 },
        { x: 0.82, y: 0.34, radius: 0.12, color: "6fc3ff", seed: 14 },
      ],
    })),
  scene(
    "city",
    "portrait",
    21,
    (canvas) =>
      views.lights(canvas, 452, [[0, "0b0f22"], [0.6, "2a1c34"], [
        1,
        "0c0a14",
      ]], STREET),
  ),
  scene(
    "city",
    "photo",
    21,
    (canvas) =>
      views.lights(canvas, 466, [[0, "10222c"], [0.5, "1d4048"], [
        1,
        "08141a",
      ]], ["ffcf8a", "ff8a5c", "8affd8", "fff0d0"]),
  ),
  scene("city", "square", 10, (canvas) => views.coffee(canvas, 471, 0.48)),
  scene("city", "portrait", 10, (canvas) => views.coffee(canvas, 485, 0.56)),

  scene(
    "night",
    "camera",
    23,
    (canvas) => views.nightSky(canvas, 601, ["5dffa0", "a45dff"]),
  ),
  scene(
    "night",
    "photo",
    23,
    (canvas) => views.nightSky(canvas, 619, ["64ffd0", "ff6ab8"]),
  ),
  scene("night", "portrait", 23, (canvas) => views.nightSky(canvas, 622)),
  scene(
    "night",
    "tall",
    23,
    (canvas) => views.nightSky(canvas, 634, ["8dff7a", "5d8dff"]),
  ),
];

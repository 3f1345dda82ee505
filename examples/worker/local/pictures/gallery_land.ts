/**
 * Hills, lakes, deserts and snow, by the light that falls on them.
 *
 * @module
 */
import * as landscapes from "./landscapes.ts";
import { type Scene, scene } from "./scene.ts";

const ALPS = { rock: "8a8580", shade: "3c4148", forest: "1f3a31" };

/** What there is to see. */
export const LAND: readonly Scene[] = [
  scene(
    "hills",
    "photo",
    6,
    (canvas) =>
      landscapes.hills(canvas, 11, "dawn", ["9a8fb4", "2e3352"], {
        x: 0.62,
        y: 0.42,
      }),
  ),
  scene(
    "hills",
    "camera",
    9,
    (canvas) => landscapes.hills(canvas, 27, "morning", ["a3bdc9", "2f5a45"]),
  ),
  scene(
    "hills",
    "portrait",
    18,
    (canvas) =>
      landscapes.hills(canvas, 35, "gold", ["c9a56b", "4f4a22"], {
        x: 0.4,
        y: 0.38,
      }),
  ),
  scene(
    "hills",
    "wide",
    11,
    (canvas) => landscapes.hills(canvas, 42, "overcast", ["a9b3b5", "33443f"]),
  ),
  scene(
    "hills",
    "panorama",
    20,
    (canvas) =>
      landscapes.hills(canvas, 58, "sunset", ["b0606a", "1f1830"], {
        x: 0.7,
        y: 0.46,
      }),
  ),
  scene(
    "hills",
    "camera",
    9,
    (canvas) => landscapes.forest(canvas, 61, "morning", ["8fb0b0", "12302c"]),
  ),
  scene(
    "hills",
    "tall",
    18,
    (canvas) => landscapes.forest(canvas, 77, "gold", ["d0a870", "3a2414"]),
  ),
  scene(
    "hills",
    "photo",
    11,
    (canvas) => landscapes.forest(canvas, 83, "overcast", ["a7b4b6", "1d2c2d"]),
  ),
  scene(
    "hills",
    "camera",
    6,
    (canvas) => landscapes.balloons(canvas, 91, "dawn"),
  ),
  scene(
    "hills",
    "portrait",
    7,
    (canvas) => landscapes.balloons(canvas, 97, "rose"),
  ),

  scene(
    "lake",
    "camera",
    13,
    (canvas) =>
      landscapes.lake(canvas, 102, "noon", {
        ...ALPS,
        water: "1f6f86",
        snow: "ffffff",
      }),
  ),
  scene(
    "lake",
    "photo",
    7,
    (canvas) =>
      landscapes.lake(canvas, 118, "rose", {
        ...ALPS,
        rock: "b08a92",
        water: "5a5f88",
      }),
  ),
  scene(
    "lake",
    "portrait",
    9,
    (canvas) =>
      landscapes.lake(canvas, 123, "morning", {
        ...ALPS,
        water: "2b8c8a",
        snow: "fdfdff",
      }),
  ),
  scene(
    "lake",
    "wide",
    18,
    (canvas) =>
      landscapes.lake(canvas, 136, "gold", {
        ...ALPS,
        forest: "8a4a1c",
        water: "4f5a4a",
      }),
  ),
  scene(
    "lake",
    "camera",
    15,
    (canvas) =>
      landscapes.lake(canvas, 149, "storm", {
        ...ALPS,
        rock: "5c6266",
        water: "27343a",
      }),
  ),
  scene(
    "lake",
    "square",
    21,
    (canvas) =>
      landscapes.lake(canvas, 155, "dusk", {
        ...ALPS,
        rock: "6f5f86",
        shade: "22203f",
        water: "2a2c58",
      }),
  ),

  scene(
    "snow",
    "camera",
    13,
    (canvas) => landscapes.winter(canvas, 201, "noon"),
  ),
  scene("snow", "photo", 7, (canvas) => landscapes.winter(canvas, 214, "rose")),
  scene(
    "snow",
    "portrait",
    9,
    (canvas) => landscapes.winter(canvas, 227, "morning"),
  ),
  scene(
    "snow",
    "wide",
    22,
    (canvas) => landscapes.winter(canvas, 233, "night"),
  ),
  scene(
    "snow",
    "camera",
    11,
    (canvas) => landscapes.winter(canvas, 246, "overcast"),
  ),
  scene(
    "snow",
    "photo",
    21,
    (canvas) => landscapes.winter(canvas, 252, "dusk"),
  ),

  scene(
    "desert",
    "camera",
    13,
    (canvas) => landscapes.desert(canvas, 501, "noon", ["f0bf7a", "a8622f"]),
  ),
  scene(
    "desert",
    "photo",
    20,
    (canvas) => landscapes.desert(canvas, 517, "sunset", ["e88a4e", "59263a"]),
  ),
  scene(
    "desert",
    "wide",
    7,
    (canvas) => landscapes.desert(canvas, 523, "rose", ["eec4a0", "a06a5e"]),
  ),
  scene(
    "desert",
    "portrait",
    22,
    (canvas) => landscapes.desert(canvas, 539, "night", ["4a5070", "161a30"]),
  ),
];

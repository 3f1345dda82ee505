/**
 * Fields and blossoms.
 *
 * @module
 */
import * as landscapes from "./landscapes.ts";
import * as views from "./views.ts";
import { type Scene, scene } from "./scene.ts";

const TULIPS = ["d8324a", "f2b632", "f07a9a", "f6efe6", "8e3fa0"];
const MEADOW = ["fff3b0", "c8e88a", "9fd07a", "ffffff"];

/** What there is to see. */
export const FLOWERS: readonly Scene[] = [
  scene(
    "flowers",
    "camera",
    18,
    (canvas) =>
      landscapes.field(canvas, 701, "gold", {
        plants: ["7a58b8", "6a4aa6"],
        soil: "5c4a34",
        far: "8f8f8a",
        near: "4a5a34",
      }),
  ),
  scene(
    "flowers",
    "photo",
    13,
    (canvas) =>
      landscapes.field(canvas, 718, "noon", {
        plants: TULIPS,
        soil: "3f6a2c",
        far: "7fa08a",
        near: "3c6e34",
      }),
  ),
  scene(
    "flowers",
    "wide",
    9,
    (canvas) =>
      landscapes.field(canvas, 723, "morning", {
        plants: ["e6c23a", "d8ac2a"],
        soil: "6a7a2c",
        far: "8fb0a0",
        near: "4a7a3a",
      }),
  ),
  scene(
    "flowers",
    "square",
    14,
    (canvas) =>
      views.flower(canvas, 731, [[0, "6a8f3c"], [1, "1f3d1c"]], [
        {
          x: 0.52,
          y: 0.5,
          size: 0.4,
          petals: 21,
          color: "ffb020",
          tip: "ffe25a",
          heart: "5a3414",
        },
      ], MEADOW),
  ),
  scene(
    "flowers",
    "photo",
    14,
    (canvas) =>
      views.flower(canvas, 746, [[0, "8a6f9a"], [1, "2c3a2c"]], [
        {
          x: 0.8,
          y: 0.72,
          size: 0.24,
          petals: 8,
          color: "d8487a",
          tip: "ffb0cc",
          heart: "f2c04a",
          rings: 1,
        },
        {
          x: 0.4,
          y: 0.45,
          size: 0.36,
          petals: 8,
          color: "e0518a",
          tip: "ffc4da",
          heart: "f2c04a",
        },
      ], ["ffd0e4", "e8c8ff", "ffffff"]),
  ),
  scene(
    "flowers",
    "portrait",
    14,
    (canvas) =>
      views.flower(canvas, 759, [[0, "7fb0d0"], [1, "2c5a4a"]], [
        {
          x: 0.5,
          y: 0.42,
          size: 0.32,
          petals: 15,
          color: "f4f2ee",
          tip: "ffffff",
          heart: "f0b428",
        },
      ], MEADOW),
  ),
];

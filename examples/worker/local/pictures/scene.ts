/**
 * A picture: what it shows, and in which format.
 *
 * @module
 */
import type { Canvas } from "./paint.ts";

/** What a picture is about: pictures of one trip have something in common. */
export type Theme =
  | "city"
  | "desert"
  | "flowers"
  | "hills"
  | "lake"
  | "night"
  | "sea"
  | "snow";

/** A picture that can be painted. */
export interface Scene {
  /** What it shows. */
  theme: Theme;
  /** Width of the original in pixels. */
  width: number;
  /** Height of the original in pixels. */
  height: number;
  /** The hour of the day that it looks like. */
  hour: number;
  /** Paints it. */
  paint: (canvas: Canvas) => void;
}

/** Formats of originals, as cameras and phones have them. */
const FORMATS = {
  photo: [4032, 3024],
  camera: [6000, 4000],
  portrait: [3024, 4032],
  tall: [4000, 6000],
  wide: [4032, 2268],
  square: [3024, 3024],
  panorama: [8064, 3584],
} as const;

/** Describes a picture. */
export function scene(
  theme: Theme,
  format: keyof typeof FORMATS,
  hour: number,
  paint: (canvas: Canvas) => void,
): Scene {
  const [width, height] = FORMATS[format];
  return { theme, width, height, hour, paint };
}

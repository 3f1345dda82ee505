/**
 * The pictures of the demo's library: painted, not photographed, each the same
 * whenever it is made.
 *
 * @module
 */
import jpeg from "jpeg-js";
import { rgbaToThumbHash } from "thumbhash";
import { GALLERY } from "./pictures/gallery.ts";
import { clamp, createCanvas, hash } from "./pictures/paint.ts";
import type { Scene } from "./pictures/scene.ts";

export type { Scene, Theme } from "./pictures/scene.ts";

/** A painted picture. */
export interface Drawing {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** Red, green, blue and opacity of each pixel, row by row. */
  rgba: Uint8ClampedArray;
}

/** What there is to see. */
export const SCENES: readonly Scene[] = GALLERY;

/** What {@linkcode imageOf} gives. */
export const CONTENT_TYPE = "image/jpeg";

/** What a ThumbHash is made from at most. */
const HASH_SIDE = 100;

/** The short side of a thumbnail, in pixels. */
export const THUMBNAIL_SIDE = 300;

/** Fine grain hides the steps of a gradient in eight bits. */
const GRAIN = 0.014;

const thumbHashes = new Map<number, string>();
const images = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

/** Paints a scene. */
export function drawScene(index: number, longSide: number): Drawing {
  const scene = SCENES[index];
  if (scene === undefined) {
    throw new RangeError(
      `Cannot draw scene: the index is ${index}, it must be below ${SCENES.length}`,
    );
  }
  const by = longSide / Math.max(scene.width, scene.height);
  const width = Math.round(scene.width * by);
  const height = Math.round(scene.height * by);
  const canvas = createCanvas(width, height);
  scene.paint(canvas);
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < width * height; at++) {
    const [column, row] = [at % width, Math.floor(at / width)];
    const grain = GRAIN * (hash(column, row, index) + hash(row, column, 7) - 1);
    // Lenses darken the corners a little.
    const [u, v] = [column / width - 0.5, row / height - 0.5];
    const light = 1 - 0.32 * (u * u + v * v);
    for (let c = 0; c < 3; c++) {
      const value = canvas.pixels[at * 3 + c]! * light + grain;
      rgba[at * 4 + c] = clamp(value) * 255;
    }
    rgba[at * 4 + 3] = 255;
  }
  return { width, height, rgba };
}

/** The ThumbHash of a scene, in base64 as the server sends it. */
export function thumbHashOf(index: number): string {
  let found = thumbHashes.get(index);
  if (found === undefined) {
    const { width, height, rgba } = drawScene(index, HASH_SIDE);
    found = rgbaToThumbHash(width, height, rgba).toBase64();
    thumbHashes.set(index, found);
  }
  return found;
}

/** Paints all thumbnails before they are asked for, one after the other. */
export async function paintAll(): Promise<void> {
  for (const index of SCENES.keys()) await imageOf(index);
}

/** The file that shows a scene; it is painted when it is first asked for. */
export function imageOf(
  index: number,
  shortSide: number = THUMBNAIL_SIDE,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = `${index}/${shortSide}`;
  let found = images.get(key);
  if (found === undefined) images.set(key, found = encode(index, shortSide));
  return found;
}

async function encode(
  index: number,
  shortSide: number,
): Promise<Uint8Array<ArrayBuffer>> {
  // Painting keeps the processor for a while: others are answered in between.
  await new Promise((resolve) => setTimeout(resolve));
  const { width, height } = SCENES[index] ?? { width: 1, height: 1 };
  const longSide = shortSide * Math.max(width, height) /
    Math.min(width, height);
  const { rgba: data, ...shape } = drawScene(index, Math.round(longSide));
  return new Uint8Array(jpeg.encode({ data, ...shape }, 82).data);
}

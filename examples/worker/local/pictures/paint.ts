/**
 * A canvas, colours and noise: what the pictures of the demo are painted with.
 *
 * @module
 */

/** Red, green and blue, from 0 to 1. */
export type Color = readonly [number, number, number];

/** A picture that is being painted. */
export interface Canvas {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** Red, green and blue of each pixel, row by row. */
  pixels: Float32Array;
  /** Width in heights: `x` goes from 0 to here, and `y` from 0 at the top to 1. */
  aspect: number;
  /** The height of a pixel: what an edge needs to be smooth. */
  pixel: number;
}

/** How much of a place is covered, from 0 to 1. */
export type Coverage = (x: number, y: number) => number;

/** What colour a place has. */
export type Paint = (x: number, y: number) => Color;

/** Colours along a way from 0 to 1. */
export type Stops = readonly (readonly [number, string])[];

/** A black canvas. */
export function createCanvas(width: number, height: number): Canvas {
  const pixels = new Float32Array(width * height * 3);
  return { width, height, pixels, aspect: width / height, pixel: 1 / height };
}

/** Paints over what is there, within bounds: nothing outside of them is looked at. */
export function paint(
  canvas: Canvas,
  coverage: Coverage,
  color: Paint,
  top = 0,
  bottom = 1,
  left = 0,
  right: number = canvas.aspect,
): void {
  blend(canvas, [top, bottom, left, right], (x, y, at) => {
    const alpha = Math.min(1, coverage(x, y));
    if (alpha <= 0) return;
    const [r, g, b] = color(x, y);
    const { pixels } = canvas;
    pixels[at] = mixed(pixels[at]!, r, alpha);
    pixels[at + 1] = mixed(pixels[at + 1]!, g, alpha);
    pixels[at + 2] = mixed(pixels[at + 2]!, b, alpha);
  });
}

/** Adds light to what is there, within bounds; nothing gets brighter than white. */
export function shine(
  canvas: Canvas,
  strength: Coverage,
  color: Color,
  top = 0,
  bottom = 1,
  left = 0,
  right: number = canvas.aspect,
): void {
  const { pixels } = canvas;
  blend(canvas, [top, bottom, left, right], (x, y, at) => {
    const amount = Math.min(1, strength(x, y));
    if (amount <= 0.002) return;
    for (let c = 0; c < 3; c++) {
      pixels[at + c] = 1 - (1 - pixels[at + c]!) * (1 - color[c]! * amount);
    }
  });
}

function blend(
  { width, height, pixel }: Canvas,
  [top, bottom, left, right]: readonly [number, number, number, number],
  each: (x: number, y: number, at: number) => void,
): void {
  const first = Math.max(0, Math.floor(top * height));
  const last = Math.min(height, Math.ceil(bottom * height));
  const begin = Math.max(0, Math.floor(left * height));
  const end = Math.min(width, Math.ceil(right * height));
  for (let row = first; row < last; row++) {
    for (let column = begin; column < end; column++) {
      const at = (row * width + column) * 3;
      each((column + 0.5) * pixel, (row + 0.5) * pixel, at);
    }
  }
}

/** The colour of a place that is painted already. */
export function pick(
  { width, height, pixels }: Canvas,
  x: number,
  y: number,
): Color {
  const column = clamp(Math.floor(x * height), 0, width - 1);
  const row = clamp(Math.floor(y * height), 0, height - 1);
  const at = (row * width + column) * 3;
  return [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
}

/** A number within bounds. */
export function clamp(value: number, low = 0, high = 1): number {
  return value < low ? low : value > high ? high : value;
}

/** From 0 at one value to 1 at another, softly. */
export function smooth(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from));
  return t * t * (3 - 2 * t);
}

/** A number between two others. */
export function mixed(from: number, to: number, amount: number): number {
  return from + (to - from) * amount;
}

/** A colour between two others. */
export function mix(from: Color, to: Color, amount: number): Color {
  return [
    mixed(from[0], to[0], amount),
    mixed(from[1], to[1], amount),
    mixed(from[2], to[2], amount),
  ];
}

/** A colour made brighter or darker. */
export function scale([r, g, b]: Color, by: number): Color {
  return [r * by, g * by, b * by];
}

/** A colour from its six hexadecimal digits. */
export function hex(digits: string): Color {
  const value = Number.parseInt(digits, 16);
  return [(value >> 16) / 255, (value >> 8 & 255) / 255, (value & 255) / 255];
}

/** The colour at a place along a way. */
export function gradient(stops: Stops): (t: number) => Color {
  const colors = stops.map(([at, digits]) => [at, hex(digits)] as const);
  return (t) => {
    let [before, color] = colors[0]!;
    for (const [at, next] of colors) {
      if (t <= at) {
        return at === before
          ? next
          : mix(color, next, smooth(0, 1, (t - before) / (at - before)));
      }
      [before, color] = [at, next];
    }
    return color;
  };
}

/** A number from 0 to 1 that belongs to a place on a grid. */
export function hash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 374761393) + Math.imul(y, 668265263) +
    Math.imul(seed + 1, 1442695041);
  h = Math.imul(h ^ (h >>> 15), 2246822519);
  h = Math.imul(h ^ (h >>> 13), 3266489917);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** Smooth noise from 0 to 1. */
export function noise(x: number, y: number, seed: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const [across, down] = [x - column, y - row];
  const u = across * across * (3 - 2 * across);
  const v = down * down * (3 - 2 * down);
  return mixed(
    mixed(hash(column, row, seed), hash(column + 1, row, seed), u),
    mixed(hash(column, row + 1, seed), hash(column + 1, row + 1, seed), u),
    v,
  );
}

/** Noise with detail, around 0.5. */
export function clouded(
  x: number,
  y: number,
  seed: number,
  octaves = 5,
): number {
  let sum = 0;
  let weight = 0.5;
  let total = 0;
  for (let octave = 0; octave < octaves; octave++) {
    sum += weight * noise(x, y, seed + octave);
    total += weight;
    x = x * 2.03 + 17;
    y = y * 2.03 + 9;
    weight /= 2;
  }
  return sum / total;
}

/** Noise with sharp crests, from 0 to 1. */
export function ridged(
  x: number,
  y: number,
  seed: number,
  octaves = 5,
): number {
  let sum = 0;
  let weight = 0.5;
  for (let octave = 0; octave < octaves; octave++) {
    sum += weight * (1 - Math.abs(2 * noise(x, y, seed + octave) - 1));
    x = x * 2.1 + 5;
    y = y * 2.1 + 3;
    weight /= 2;
  }
  return sum;
}

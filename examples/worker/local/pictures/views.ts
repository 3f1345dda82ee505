/**
 * Pictures of the sea, of cities and of the night, and from near.
 *
 * @module
 */
import * as heaven from "./sky.ts";
import * as land from "./land.ts";
import * as near from "./near.ts";
import * as things from "./things.ts";
import * as waters from "./water.ts";
import { AIR, type Light, SKIES } from "./light.ts";
import { type Canvas, gradient, paint, type Stops } from "./paint.ts";

/** The sea, with the sun or the moon above it. */
export function sea(
  canvas: Canvas,
  seed: number,
  light: Light,
  { water, sun, boats = [], clouds = 0.45 }: {
    water: string;
    sun?: { x: number; y: number; size?: number };
    boats?: Parameters<typeof things.boats>[1];
    clouds?: number;
  },
): void {
  const [bright, shade, haze] = AIR[light];
  const horizon = 0.6;
  heaven.sky(canvas, SKIES[light], horizon);
  if (light === "night") heaven.stars(canvas, seed);
  if (sun !== undefined) {
    const color = light === "night" ? "f4f0dc" : bright;
    heaven.sun(canvas, { size: 0.05, ...sun, color, glow: 0.6, reach: 0.6 });
  }
  heaven.clouds(canvas, {
    ...{ seed, amount: clouds, light: bright, shade, bottom: 0.56, stretch: 4 },
  });
  land.hills(canvas, {
    ...{ seed, layers: 2, from: 0.64, to: 0.67, far: haze, near: shade },
    mist: haze,
    rough: 0.25,
  });
  things.boats(canvas, boats.map((boat) => ({ ...boat, y: horizon + 0.006 })));
  waters.water(canvas, { seed, horizon, color: water, ripple: 0.9 });
  things.boats(canvas, boats);
  if (sun !== undefined) {
    waters.glitter(canvas, { seed, horizon, x: sun.x, color: bright });
  }
}

/** A beach from above. */
export function beach(
  canvas: Canvas,
  seed: number,
  [deep, blue, light, shallow]: readonly [string, string, string, string],
  [sand, dry]: readonly [string, string],
): void {
  waters.coast(canvas, {
    seed,
    stops: [
      ...[[0, deep], [0.22, blue], [0.42, light], [0.55, shallow]] as const,
      ...[[0.6, sand], [1, dry]] as const,
    ],
  });
}

/** A city by the water. */
export function city(
  canvas: Canvas,
  seed: number,
  light: Light,
  { wall, lights, lit, water, bursts = [] }: {
    wall: string;
    lights: readonly string[];
    lit: number;
    water: string;
    bursts?: Parameters<typeof heaven.fireworks>[1];
  },
): void {
  const [bright, shade, haze] = AIR[light];
  heaven.sky(canvas, SKIES[light], 0.7);
  if (light === "night") heaven.stars(canvas, seed);
  else {
    heaven.clouds(canvas, {
      ...{ seed, amount: 0.48, light: bright, shade, stretch: 3 },
    });
  }
  heaven.fireworks(canvas, bursts);
  const town = { haze, lights, base: 0.74 };
  things.skyline(canvas, {
    ...{ ...town, seed, height: 0.44, color: shade, lit: lit * 0.6 },
    density: 11,
  });
  things.skyline(canvas, {
    ...{ ...town, seed: seed + 3, height: 0.3, color: wall, lit, density: 8 },
  });
  waters.water(canvas, {
    ...{ seed, horizon: 0.735, color: water, ripple: 0.6, clear: 0.9 },
  });
}

/** The night sky above a dark land. */
export function nightSky(
  canvas: Canvas,
  seed: number,
  colors?: readonly [string, string],
): void {
  heaven.sky(canvas, SKIES.night, 0.9);
  heaven.stars(canvas, seed, colors === undefined ? 0.62 : 0);
  if (colors !== undefined) heaven.aurora(canvas, seed, colors);
  const [, , mist] = AIR.night;
  const shore = colors === undefined ? 0.84 : 0.7;
  land.hills(canvas, {
    ...{ seed, layers: 2, from: shore - 0.07, to: shore - 0.02, mist },
    ...{ far: "1a2744", near: "0c1426" },
  });
  things.firs(canvas, {
    ...{ seed, base: shore, height: 0.12, color: "060b16", mist: "0c1426" },
  });
  if (colors === undefined) return;
  const horizon = shore - 0.01;
  waters.water(canvas, {
    ...{ seed, horizon, color: "0a1730", ripple: 0.3, clear: 0.95 },
  });
}

/** A blossom before a blurred meadow. */
export function flower(
  canvas: Canvas,
  seed: number,
  back: Stops,
  blossoms: readonly Omit<Parameters<typeof near.blossom>[1], "seed">[],
  lights: readonly string[],
): void {
  const colors = gradient(back);
  paint(canvas, () => 1, (x, y) => colors(y * 0.75 + 0.25 * x / canvas.aspect));
  near.bokeh(canvas, {
    ...{ seed, colors: lights, size: 0.15, count: 26, strength: 0.3 },
  });
  for (const blossom of blossoms) near.blossom(canvas, { ...blossom, seed });
}

/** Lights of a street, out of focus. */
export function lights(
  canvas: Canvas,
  seed: number,
  back: Stops,
  colors: readonly string[],
): void {
  const blurred = gradient(back);
  paint(canvas, () => 1, (_, y) => blurred(y));
  for (const [size, count, strength] of [[0.05, 60, 0.6], [0.11, 34, 0.5]]) {
    near.bokeh(canvas, {
      seed: seed + count!,
      ...{ colors, size: size!, count: count!, strength: strength! },
      top: 0.15,
      bottom: 0.85,
    });
  }
}

/** Coffee on a table. */
export function coffee(canvas: Canvas, seed: number, y: number): void {
  near.cup(canvas, {
    ...{ seed, x: 0.5, y, size: 0.21 * Math.min(1, canvas.aspect * 1.15) },
    wood: ["b98a5c", "5f3d24"],
    china: "f7f4ee",
    drink: ["7a4524", "f0dfc0"],
  });
}

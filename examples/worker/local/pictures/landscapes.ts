/**
 * Pictures of hills, mountains, forests and fields.
 *
 * @module
 */
import * as heaven from "./sky.ts";
import * as land from "./land.ts";
import * as things from "./things.ts";
import * as waters from "./water.ts";
import { AIR, type Light, SKIES } from "./light.ts";
import { type Canvas, gradient, type Stops } from "./paint.ts";

/** Hills in the mist, one behind the other. */
export function hills(
  canvas: Canvas,
  seed: number,
  light: Light,
  [far, near]: readonly [string, string],
  sun?: { x: number; y: number },
): void {
  const [bright, shade, mist] = AIR[light];
  heaven.sky(canvas, SKIES[light]);
  if (sun !== undefined) {
    heaven.sun(canvas, { ...sun, size: 0.045, color: bright, glow: 0.55 });
  }
  const amount = light === "overcast" ? 0.62 : 0.42;
  heaven.clouds(canvas, { seed, amount, light: bright, shade });
  land.hills(canvas, {
    ...{ seed, layers: 6, from: 0.5, to: 0.95, far, near, mist },
  });
}

/** A lake below mountains. */
export function lake(
  canvas: Canvas,
  seed: number,
  light: Light,
  { rock, shade, forest, water, snow }: {
    rock: string;
    shade: string;
    forest: string;
    water: string;
    snow?: string;
  },
): void {
  const [bright, dark, haze] = AIR[light];
  heaven.sky(canvas, SKIES[light], 0.6);
  heaven.clouds(canvas, {
    ...{ seed, amount: 0.45, light: bright, shade: dark, bottom: 0.5 },
  });
  const range = { rock, shade, haze, ...(snow === undefined ? {} : { snow }) };
  land.mountains(canvas, { ...range, seed, base: 0.64, height: 0.5 });
  const trees = { color: forest, mist: haze };
  things.firs(canvas, {
    ...{ ...trees, seed, base: 0.655, height: 0.1, density: 34 },
  });
  waters.water(canvas, {
    ...{ seed, horizon: 0.665, color: water, ripple: 0.25, clear: 0.85 },
  });
}

/** Snow on mountains and firs. */
export function winter(canvas: Canvas, seed: number, light: Light): void {
  const [bright, dark, haze] = AIR[light];
  heaven.sky(canvas, SKIES[light], 0.6);
  if (light === "night" || light === "dusk") heaven.stars(canvas, seed);
  else {
    heaven.clouds(canvas, {
      ...{ seed, amount: 0.4, light: bright, shade: dark, bottom: 0.45 },
    });
  }
  const isDark = light === "night";
  land.mountains(canvas, {
    ...{ seed, base: 0.72, height: 0.56, haze },
    rock: isDark ? "3d4a6b" : "7d8494",
    shade: isDark ? "141c33" : "3f4860",
    snow: isDark ? "9fb2d8" : "fdfdff",
    snowline: 0.28,
  });
  const white: Stops = isDark
    ? [[0, "5c719d"], [1, "2c3c63"]]
    : [[0, "eef2fa"], [1, "b9c8e0"]];
  land.ground(canvas, { seed, top: 0.7, stops: white, texture: 0.06 });
  const color = isDark ? "0d1526" : "22353a";
  const mist = isDark ? "46587f" : "dbe4ee";
  things.firs(canvas, {
    ...{ seed, base: 0.76, height: 0.17, color, mist, density: 18 },
  });
  land.ground(canvas, {
    ...{ seed: seed + 1, top: 0.83, stops: white, texture: 0.07, slant: 0.14 },
  });
}

/** Firs in the mist. */
export function forest(
  canvas: Canvas,
  seed: number,
  light: Light,
  [far, near]: readonly [string, string],
): void {
  const [bright, , mist] = AIR[light];
  heaven.sky(canvas, SKIES[light], 0.8);
  heaven.sun(canvas, {
    ...{ x: 0.68, y: 0.3, size: 0.001, color: bright, glow: 0.7, reach: 0.8 },
  });
  const colors = gradient([[0, far], [1, near]]);
  for (let layer = 0; layer < 5; layer++) {
    const t = layer / 4;
    const [r, g, b] = colors(t).map((value) =>
      Math.round(value * 255).toString(16).padStart(2, "0")
    );
    things.firs(canvas, {
      seed: seed + layer * 17,
      base: 0.48 + 0.54 * t,
      height: 0.16 + 0.36 * t,
      color: `${r}${g}${b}`,
      mist,
      density: 26 - 19 * t,
    });
  }
}

/** Dunes below an empty sky. */
export function desert(
  canvas: Canvas,
  seed: number,
  light: Light,
  [bright, dark]: readonly [string, string],
): void {
  heaven.sky(canvas, SKIES[light], 0.6);
  if (light === "night") heaven.stars(canvas, seed, 0.5);
  const [glow, , haze] = AIR[light];
  if (light !== "night") {
    heaven.sun(canvas, { x: 0.24, y: 0.3, size: 0.03, color: glow, glow: 0.5 });
  }
  land.dunes(canvas, {
    ...{ seed, from: 0.56, layers: 4, light: bright, shade: dark, haze },
  });
}

/** A field of flowers in rows. */
export function field(
  canvas: Canvas,
  seed: number,
  light: Light,
  { plants, soil, far, near }: {
    plants: readonly string[];
    soil: string;
    far: string;
    near: string;
  },
): void {
  const [bright, shade, mist] = AIR[light];
  heaven.sky(canvas, SKIES[light], 0.52);
  heaven.clouds(canvas, {
    ...{ seed, amount: 0.5, light: bright, shade, bottom: 0.48 },
  });
  land.hills(canvas, {
    ...{ seed, layers: 3, from: 0.47, to: 0.54, far, near, mist, rough: 0.4 },
  });
  land.rows(canvas, { seed, horizon: 0.52, plants, soil, at: 0.45 });
}

/** Balloons above hills. */
export function balloons(canvas: Canvas, seed: number, light: Light): void {
  hills(canvas, seed, light, ["c59a8a", "5d4436"], { x: 0.2, y: 0.42 });
  things.balloons(canvas, [
    { x: 0.82, y: 0.44, size: 0.045, colors: ["4a7a8c", "e8d9b8"] },
    { x: 0.18, y: 0.2, size: 0.06, colors: ["d9a441", "8c3b3b"] },
    { x: 0.45, y: 0.5, size: 0.035, colors: ["7a4a8c", "e8b8c8"] },
    { x: 0.58, y: 0.28, size: 0.15, colors: ["c8402f", "f2c14e", "f6ead2"] },
  ]);
}

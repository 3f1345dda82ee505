/**
 * Hills, mountains, sand, fields.
 *
 * @module
 */
import {
  type Canvas,
  clamp,
  clouded,
  gradient,
  hash,
  hex,
  mix,
  mixed,
  noise,
  paint,
  ridged,
  scale,
  smooth,
  type Stops,
} from "./paint.ts";
import { byColumn, edge } from "./ground.ts";

/** Hills one behind the other, the farthest first, each with mist at its foot. */
export function hills(
  canvas: Canvas,
  { seed, layers, from, to, far, near, mist, rough = 0.5 }: {
    seed: number;
    layers: number;
    from: number;
    to: number;
    far: string;
    near: string;
    mist: string;
    rough?: number;
  },
): void {
  for (let layer = 0; layer < layers; layer++) {
    const t = layers === 1 ? 1 : layer / (layers - 1);
    const base = mixed(from, to, t ** 1.2);
    const height = 0.2 + 0.06 * t;
    const crest = byColumn(canvas, (x) => {
      const wide = clouded(x * (1.1 + t * 0.5) + layer * 9, layer, seed, 2);
      const fine = ridged(x * 3 + layer * 5, layer, seed + 9, 5) - 0.5;
      return base - height * (wide - 0.5 + fine * 0.28 * rough);
    });
    const color = mix(hex(far), hex(near), t);
    const fog = mix(hex(mist), color, 0.25 + 0.6 * t);
    paint(
      canvas,
      (x, y) => edge(canvas, y - crest(x)),
      (x, y) => {
        const grain = noise(x * 90, y * 90, seed) - 0.5;
        const deep = clamp((y - crest(x)) / (0.16 + 0.2 * t));
        return scale(mix(color, fog, deep), 1 + grain * 0.12 * t);
      },
      base - height,
    );
  }
}

/** A range of rock, with snow on what is high and flat. */
export function mountains(
  canvas: Canvas,
  { seed, base, height, rock, shade, snow, snowline = 0.45, haze }: {
    seed: number;
    base: number;
    height: number;
    rock: string;
    shade: string;
    snow?: string;
    snowline?: number;
    haze: string;
  },
): void {
  const crest = byColumn(canvas, (x) => {
    const wide = ridged(x * 0.9, 0.5, seed, 2);
    return base -
      height *
        clamp(wide * 0.95 + 0.42 * (ridged(x * 2.6, 2, seed + 3, 6) - 0.5));
  });
  const [lit, dark, white, fog] = [rock, shade, snow ?? rock, haze].map(hex);
  const relief = (x: number, y: number) =>
    ridged(x * 4 + y * 1.5, y * 2.4, seed + 11, 6);
  paint(
    canvas,
    (x, y) => edge(canvas, y - crest(x)),
    (x, y) => {
      const slope = relief(x, y) - relief(x + 0.012, y - 0.005);
      const light = clamp(0.5 + slope * 6);
      const stone = mix(dark!, lit!, light);
      const line = base - height * snowline +
        0.16 * (clouded(x * 5, y * 5, seed + 5, 4) - 0.5);
      const cover = snow === undefined
        ? 0
        : smooth(line + 0.05, line - 0.05, y) * smooth(0.1, 0.45, light);
      const bright = mix(scale(white!, 0.68), white!, light);
      const near = clamp((y - (base - height * 0.75)) / height);
      return mix(mix(stone, bright, cover), fog!, 0.1 + 0.55 * near ** 1.5);
    },
    base - height * 1.3,
  );
}

/** Dunes, with a bright side and a dark one. */
export function dunes(
  canvas: Canvas,
  { seed, from, layers, light, shade, haze }: {
    seed: number;
    from: number;
    layers: number;
    light: string;
    shade: string;
    haze: string;
  },
): void {
  const [lit, dark, fog] = [light, shade, haze].map(hex);
  for (let layer = 0; layer < layers; layer++) {
    const t = (layer + 1) / layers;
    const base = mixed(from, 0.86, (t - 1 / layers) ** 1.3);
    const at = seed + layer * 13;
    const crest = byColumn(canvas, (x) => {
      const wide = noise(x * (1.5 - t * 0.5) + layer * 3.7, 0, at);
      return base - 0.2 * (0.5 + t * 0.7) * (1 - Math.abs(2 * wide - 1)) ** 1.4;
    });
    paint(
      canvas,
      (x, y) => edge(canvas, y - crest(x)),
      (x, y) => {
        const slope = crest(x + 0.03) - crest(x - 0.03);
        const down = y - crest(x);
        const wind = Math.sin(
          (y * 120 + x * 30) / (0.5 + t) + 5 * clouded(x * 3, y * 3, at, 3),
        );
        const side = clamp(
          0.6 + slope * 9 - down * 0.7 +
            0.35 * (clouded(x * 2, y * 2, at + 2, 3) - 0.5) + 0.035 * wind * t,
        );
        return mix(mix(dark!, lit!, side), fog!, 0.6 * (1 - t) ** 1.2);
      },
      base - 0.3,
    );
  }
}

/** A field in rows that meet at the horizon. */
export function rows(
  canvas: Canvas,
  { seed, horizon, plants, soil, at = 0.5, density = 9 }: {
    seed: number;
    horizon: number;
    plants: readonly string[];
    soil: string;
    at?: number;
    density?: number;
  },
): void {
  const colors = plants.map(hex);
  const ground = hex(soil);
  const left = at * canvas.aspect;
  paint(
    canvas,
    (_, y) => edge(canvas, y - horizon),
    (x, y) => {
      const near = y - horizon + 0.012;
      const place = (x - left) / near * 0.32 * density / 3;
      const row = Math.floor(place);
      const bush = Math.sin(Math.PI * (place - row));
      const tuft = clouded(place * 5, 1.3 / near * 3, seed, 4);
      const top = smooth(0.25, 0.65, bush + (tuft - 0.5) * 0.7);
      const color =
        colors[((row % colors.length) + colors.length) % colors.length]!;
      const speck = noise(x * 150 / (0.3 + near), y * 220, seed + 4);
      const plant = scale(color, 0.6 + 0.45 * tuft + 0.35 * speck * bush);
      const flat = mix(color, ground, 0.35);
      return mix(
        flat,
        mix(scale(ground, 0.7 + 0.5 * tuft), plant, top),
        smooth(0, 0.1, near),
      );
    },
    horizon,
  );
}

/** A plain ground, with some texture. */
export function ground(
  canvas: Canvas,
  { seed, top, stops, texture = 0.3, slant = 0 }: {
    seed: number;
    top: number;
    stops: Stops;
    texture?: number;
    slant?: number;
  },
): void {
  const colors = gradient(stops);
  const line = byColumn(canvas, (x) =>
    top + slant * (x / canvas.aspect - 0.5) +
    0.05 * (clouded(x * 1.7, 3, seed, 4) - 0.5));
  paint(
    canvas,
    (x, y) => edge(canvas, y - line(x)),
    (x, y) => {
      const grain = clouded(x * 14, y * 34, seed + 2, 4) - 0.5 +
        0.5 * (hash(Math.floor(x * 300), Math.floor(y * 300), seed) - 0.5);
      return scale(colors((y - line(x)) / (1 - top)), 1 + grain * texture);
    },
    top - 0.1 - Math.abs(slant),
  );
}

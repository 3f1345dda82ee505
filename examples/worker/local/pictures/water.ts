/**
 * Water, from the shore and from above.
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
  noise,
  paint,
  pick,
  ridged,
  scale,
  shine,
  smooth,
  type Stops,
} from "./paint.ts";
import { edge } from "./ground.ts";

/** Water that mirrors what stands above its horizon. */
export function water(
  canvas: Canvas,
  { seed, horizon, color, ripple = 0.5, clear = 0.6, bottom = 1 }: {
    seed: number;
    horizon: number;
    color: string;
    ripple?: number;
    clear?: number;
    bottom?: number;
  },
): void {
  const deep = hex(color);
  paint(
    canvas,
    (_, y) => edge(canvas, y - horizon),
    (x, y) => {
      const down = y - horizon;
      const near = 0.012 + down;
      const wave = clouded(x * 0.9 / near, 1.6 / near * 4, seed, 4) - 0.5;
      const swell = noise(x * 2.2 / near, 14 / near, seed + 3) - 0.5;
      const slope = (wave + swell * 0.6) * ripple;
      const above = horizon - 0.004 - down * 0.9 - slope * (0.02 + down * 0.35);
      const mirrored = pick(canvas, x + slope * near * 0.08, clamp(above));
      const amount = clear * smooth(0.9, 0, down) + 0.08;
      const body = scale(deep, 1 + slope * 0.35);
      return mix(body, mirrored, clamp(amount + slope * 0.3));
    },
    horizon,
    bottom,
  );
}

/** The way that a low sun makes on water. */
export function glitter(
  canvas: Canvas,
  { seed, horizon, x, color, bottom = 1 }: {
    seed: number;
    horizon: number;
    x: number;
    color: string;
    bottom?: number;
  },
): void {
  const left = x * canvas.aspect;
  shine(
    canvas,
    (u, v) => {
      const down = v - horizon;
      if (down < 0) return 0;
      const spark = noise(u * 26 / (0.35 + down * 2), 5 / (0.02 + down), seed);
      const width = 0.025 + down * 0.28;
      return smooth(0.45, 0.85, spark) * Math.exp(-(((u - left) / width) ** 2));
    },
    hex(color),
    horizon,
    bottom,
  );
}

/** A coast seen from above: deep water, shallows, foam, sand. */
export function coast(
  canvas: Canvas,
  { seed, stops, turn = 0.5 }: { seed: number; stops: Stops; turn?: number },
): void {
  const colors = gradient(stops);
  const shore = (x: number, y: number) =>
    0.62 * (x / canvas.aspect) * turn + y * (1 - turn * 0.6) - 0.02 +
    0.32 * (clouded(x * 1.5, y * 1.5, seed, 3) - 0.5);
  paint(canvas, () => 1, (x, y) => {
    const at = shore(x, y);
    const swell = Math.sin(at * 70 + 6 * clouded(x * 3, y * 3, seed + 4, 3));
    const reef = clouded(x * 7, y * 7, seed + 6, 5) - 0.5;
    const isSea = smooth(0.6, 0.54, at);
    const color = scale(
      colors(at + reef * 0.05),
      1 + isSea * (0.035 * swell + reef * 0.22) +
        (1 - isSea) * 0.1 *
          (hash(Math.floor(x * 260), Math.floor(y * 260), 3) - 0.5),
    );
    const lace = ridged(x * 9, y * 9, seed + 8, 4);
    const lines = [0.575, 0.53, 0.475];
    const foam = lines.reduce((sum, line, index) => {
      const off = at + 0.018 * (lace - 0.5) - line;
      const wide = off > 0 ? 0.008 : 0.03 - index * 0.006;
      return sum + Math.exp(-((off / wide) ** 2)) * (0.95 - index * 0.33);
    }, 0);
    return mix(color, [0.97, 0.98, 0.98], clamp(foam * smooth(0.3, 0.7, lace)));
  });
}

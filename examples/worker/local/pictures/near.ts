/**
 * What fills a picture from near: flowers, lights, a cup.
 *
 * @module
 */
import {
  type Canvas,
  clouded,
  type Color,
  hash,
  hex,
  mix,
  mixed,
  noise,
  paint,
  scale,
  shine,
  smooth,
} from "./paint.ts";
import { edge } from "./ground.ts";

/** Lights that are out of focus. */
export function bokeh(
  canvas: Canvas,
  { seed, colors, size, count, top = 0, bottom = 1, strength = 0.5 }: {
    seed: number;
    colors: readonly string[];
    size: number;
    count: number;
    top?: number;
    bottom?: number;
    strength?: number;
  },
): void {
  for (let light = 0; light < count; light++) {
    const random = (what: number) => hash(light, what, seed);
    const x = random(0) * canvas.aspect;
    const y = mixed(top, bottom, random(1));
    const radius = size * (0.35 + 0.65 * random(2));
    const soft = Math.max(canvas.pixel * 1.5, radius * 0.12);
    const bright = strength * (0.25 + 0.75 * random(3));
    shine(
      canvas,
      (u, v) => {
        const away = Math.hypot(u - x, v - y);
        return bright * smooth(radius + soft, radius - soft, away) *
          (0.72 + 0.28 * (away / radius) ** 4);
      },
      hex(colors[Math.floor(random(4) * colors.length)]!),
      y - radius - soft,
      y + radius + soft,
      x - radius - soft,
      x + radius + soft,
    );
  }
}

/** A blossom seen from near. */
export function blossom(
  canvas: Canvas,
  { seed, x, y, size, petals, color, tip, heart, rings = 2 }: {
    seed: number;
    x: number;
    y: number;
    size: number;
    petals: number;
    color: string;
    tip: string;
    heart: string;
    rings?: number;
  },
): void {
  const left = x * canvas.aspect;
  const [inner, outer, middle] = [hex(color), hex(tip), hex(heart)];
  for (let ring = 0; ring < rings; ring++) {
    const reach = size * (1 - ring * 0.24);
    for (let petal = 0; petal < petals; petal++) {
      const jitter = hash(petal, ring, seed) - 0.5;
      const turn = (petal + ring * 0.5 + jitter * 0.3) / petals * 2 * Math.PI;
      const [c, s] = [Math.cos(turn), Math.sin(turn)];
      const long = reach * (0.9 + 0.2 * hash(ring, petal, seed + 1));
      const wide = long * Math.min(0.42, 2.1 / petals);
      const local = (u: number, v: number) => {
        const [dx, dy] = [u - left, v - y];
        return [(dx * c + dy * s) / long, (dy * c - dx * s) / wide] as const;
      };
      paint(
        canvas,
        (u, v) => {
          const [out, side] = local(u, v);
          if (out < 0 || out > 1) return 0;
          const half = Math.sin(Math.PI * Math.min(1, out) ** 1.5) ** 0.6;
          return edge(canvas, (half - Math.abs(side)) * wide * 0.8);
        },
        (u, v) => {
          const [out, side] = local(u, v);
          const vein = 0.05 *
            Math.sin(side * 22 + 4 * noise(out * 6, side * 3, seed));
          const fold = 0.84 + 0.2 * (1 - Math.abs(side)) + side * 0.1;
          const base = mix(inner, outer, smooth(0.15, 1, out));
          return scale(
            base,
            fold + vein - 0.3 * smooth(0.35, 0.1, out) + ring * 0.03,
          );
        },
        y - long,
        y + long,
        left - long,
        left + long,
      );
    }
  }
  const disc = size * 0.24;
  paint(
    canvas,
    (u, v) => edge(canvas, disc - Math.hypot(u - left, v - y)),
    (u, v) => {
      const away = Math.hypot(u - left, v - y) / disc;
      const seeds = noise(u / size * 46, v / size * 46, seed + 6);
      return scale(middle, 0.55 + 0.65 * seeds + 0.2 * (1 - away));
    },
    y - disc,
    y + disc,
    left - disc,
    left + disc,
  );
}

/** A cup from above, on a table of wood. */
export function cup(
  canvas: Canvas,
  { seed, x, y, size, wood, china, drink }: {
    seed: number;
    x: number;
    y: number;
    size: number;
    wood: readonly [string, string];
    china: string;
    drink: readonly [string, string];
  },
): void {
  const left = x * canvas.aspect;
  const [light, dark] = wood.map(hex) as [Color, Color];
  const [coffee, cream] = drink.map(hex) as [Color, Color];
  const glaze = hex(china);
  paint(canvas, () => 1, (u, v) => {
    const board = Math.floor(v * 3.2 + 0.4);
    const grain = clouded(u * 1.4 + board * 7, v * 26, seed + board, 5);
    const gap = Math.abs(v * 3.2 + 0.4 - board - 0.5) > 0.492 ? 0.55 : 1;
    const tone = 0.9 + 0.2 * hash(board, 1, seed);
    return scale(mix(dark, light, smooth(0.25, 0.75, grain)), gap * tone);
  });
  const away = (u: number, v: number) => Math.hypot(u - left, v - y) / size;
  const shadow = (u: number, v: number) =>
    Math.hypot(u - left - size * 0.16, v - y - size * 0.2) / size;
  paint(
    canvas,
    (u, v) => 0.6 * smooth(1.85, 1.3, shadow(u, v)),
    () => scale(dark, 0.3),
  );
  const ring = (radius: number, color: (u: number, v: number) => Color) =>
    paint(canvas, (u, v) => edge(canvas, (radius - away(u, v)) * size), color);
  const lit = (u: number, v: number) =>
    0.93 - 0.09 * ((u - left) + (v - y)) / size;
  ring(1.55, (u, v) => scale(glaze, lit(u, v) - 0.05));
  ring(1.42, (u, v) => scale(glaze, lit(u, v) - 0.1 + 0.06 * away(u, v)));
  ring(1.12, (u, v) => scale(glaze, 0.6 + 0.12 * smooth(1, 1.12, away(u, v))));
  paint(
    canvas,
    (u, v) =>
      edge(canvas, size * 0.13 - Math.abs(v - y + (u - left) * 0.25)) *
      edge(canvas, u - left) * edge(canvas, left + size * 1.38 - u),
    (u, v) => scale(glaze, lit(u, v)),
  );
  ring(1, (u, v) => scale(glaze, lit(u, v) + 0.06));
  ring(0.9, (u, v) => scale(glaze, 0.72 - 0.2 * lit(u, v) + 0.2));
  ring(0.86, (u, v) => {
    const [dx, dy] = [(u - left) / size, (v - y) / size];
    // Poured milk: a heart of rings, wider towards the top.
    const heart = Math.hypot(
      dx * (1.1 + dy * 0.5),
      dy - 0.35 * Math.abs(dx) ** 0.7 + 0.12,
    );
    const layers = 0.5 + 0.5 * Math.cos(heart * 34);
    const milk = smooth(0.58, 0.5, heart) * smooth(0.2, 0.75, layers);
    const rim = smooth(0.7, 0.86, away(u, v));
    return scale(mix(coffee, cream, milk), 1.05 - 0.3 * rim);
  });
}

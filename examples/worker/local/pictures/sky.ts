/**
 * What is above the horizon: light, clouds, stars.
 *
 * @module
 */
import { byColumn } from "./ground.ts";
import {
  type Canvas,
  clamp,
  clouded,
  type Color,
  gradient,
  hash,
  hex,
  mix,
  noise,
  paint,
  scale,
  shine,
  smooth,
  type Stops,
} from "./paint.ts";

/** The sky, from the top to the horizon. */
export function sky(canvas: Canvas, stops: Stops, horizon = 0.65): void {
  const colors = gradient(stops);
  paint(canvas, () => 1, (_, y) => colors(y / horizon));
}

/** A sun or a moon, with the light around it. */
export function sun(
  canvas: Canvas,
  { x, y, size, color, glow = 0.35, reach = 0.5 }: {
    x: number;
    y: number;
    size: number;
    color: string;
    glow?: number;
    reach?: number;
  },
): void {
  const light = hex(color);
  const left = x * canvas.aspect;
  const away = (u: number, v: number) => Math.hypot(u - left, v - y);
  shine(canvas, (u, v) => glow * Math.exp(-away(u, v) / (reach * 0.5)), light);
  shine(
    canvas,
    (u, v) => glow * Math.exp(-((away(u, v) / (size * 2.5)) ** 2)),
    light,
  );
  paint(
    canvas,
    (u, v) =>
      smooth(size + 1.5 * canvas.pixel, size - canvas.pixel, away(u, v)),
    () => mix(light, [1, 1, 1], 0.55),
    y - size - 0.02,
    y + size + 0.02,
  );
}

/** Clouds, lit from above or from a low sun. */
export function clouds(
  canvas: Canvas,
  {
    seed,
    amount,
    light,
    shade,
    top = 0,
    bottom = 0.65,
    stretch = 2.2,
    size = 3,
  }: {
    seed: number;
    amount: number;
    light: string;
    shade: string;
    top?: number;
    bottom?: number;
    stretch?: number;
    size?: number;
  },
): void {
  const [lit, dark] = [hex(light), hex(shade)];
  const density = (x: number, y: number) => {
    // Towards the horizon clouds are seen from the side, and lie closer.
    const near = 0.35 + (bottom - y) / (bottom - top);
    return clouded(x * size / stretch / near, y * size * 1.6 / near, seed, 6);
  };
  const edge = 1 - amount;
  // Of the place that is painted: its colour is asked for after its coverage.
  let thick = 0;
  paint(
    canvas,
    (x, y) => {
      thick = density(x, y);
      return 0.92 * smooth(edge - 0.02, edge + 0.2, thick) *
        smooth(top - 0.02, top + 0.15, y) * smooth(bottom, bottom - 0.12, y);
    },
    (x, y) => {
      const above = density(x, y - 0.035);
      return mix(
        dark,
        lit,
        clamp(0.62 + (thick - above) * 3.2 - (thick - edge)),
      );
    },
    top,
    bottom,
  );
}

/** Stars, and the band of the Milky Way where it is asked for. */
export function stars(canvas: Canvas, seed: number, band = 0): void {
  const cells = 70;
  shine(canvas, (x, y) => {
    const [column, row] = [Math.floor(x * cells), Math.floor(y * cells)];
    const bright = hash(column, row, seed);
    if (bright < 0.86) return 0;
    const dx = x * cells - column - 0.2 - 0.6 * hash(column, row, seed + 1);
    const dy = y * cells - row - 0.2 - 0.6 * hash(column, row, seed + 2);
    const spread = 0.02 + 0.16 * ((bright - 0.86) / 0.14) ** 3 +
      40 * canvas.pixel ** 1.5;
    return 0.9 * Math.exp(-(dx * dx + dy * dy) / (spread * spread * 0.6)) *
      smooth(0.86, 1, bright);
  }, [0.92, 0.95, 1]);
  if (band === 0) return;
  const colors: Color[] = [hex("6f7fc0"), hex("d8a8c8")];
  for (const [index, color] of colors.entries()) {
    shine(canvas, (x, y) => {
      const off = (x / canvas.aspect - 0.62) * 0.9 + (y - 0.4) * 0.55 +
        0.08 * (noise(x * 3, y * 3, seed + 5) - 0.5);
      const dust = clouded(x * 4, y * 4, seed + 7 + index, 6);
      return band * Math.exp(-((off / (0.16 - index * 0.07)) ** 2)) *
        smooth(0.25, 0.8, dust);
    }, color);
  }
}

/** Northern lights. */
export function aurora(
  canvas: Canvas,
  seed: number,
  colors: readonly [string, string],
): void {
  const [low, high] = [hex(colors[0]), hex(colors[1])];
  for (let curtain = 0; curtain < 3; curtain++) {
    const at = seed + curtain * 31;
    const foot = byColumn(
      canvas,
      (x) =>
        0.38 + 0.08 * curtain +
        0.22 * (clouded(x * 0.9, curtain, at, 3) - 0.5) +
        0.02 * Math.sin(x * 9 + curtain * 2),
    );
    const rays = byColumn(canvas, (x) => {
      const ray = noise(x * 22, 0, at + 3) * noise(x * 5, 1, at + 4);
      const patch = smooth(0.28, 0.6, clouded(x * 1.3, 7, at + 9, 2));
      return patch * (0.35 + 1.17 * ray);
    });
    const length = 0.13 + 0.08 * (2 - curtain);
    const strength = (x: number, y: number, spread: number) => {
      const up = foot(x) - y;
      const fade = up > 0
        ? Math.exp(-up / (length * spread))
        : Math.exp(-((up / 0.018) ** 2));
      return fade * rays(x);
    };
    shine(canvas, (x, y) => 0.9 * strength(x, y, 0.7), low);
    shine(canvas, (x, y) => 0.4 * strength(x, y + 0.05, 1.25), high);
  }
}

/** Fireworks, each a ball of sparks that fall a little. */
export function fireworks(
  canvas: Canvas,
  bursts: readonly {
    x: number;
    y: number;
    radius: number;
    color: string;
    seed: number;
  }[],
): void {
  for (const { x, y, radius, color, seed } of bursts) {
    const left = x * canvas.aspect;
    shine(canvas, (u, v) => {
      const [dx, dy] = [u - left, v - y];
      const away = Math.hypot(dx, dy) / radius;
      return away > 2 ? 0 : 0.25 * Math.exp(-(away ** 2) * 2);
    }, hex(color));
    shine(
      canvas,
      (u, v) => {
        const dx = u - left;
        const dy = v - y;
        const away = Math.hypot(dx, dy - 0.12 * (dx * dx) / radius) / radius;
        if (away > 1.1) return 0;
        const turn = (Math.atan2(dy, dx) / Math.PI + 1) * 28;
        const ray = Math.floor(turn);
        const length = 0.65 + 0.35 * hash(ray, 1, seed);
        const thin = Math.abs(turn - ray - 0.5) * away * radius / 9;
        const line = Math.exp(-((thin / (0.0016 + canvas.pixel * 0.5)) ** 2));
        const bright = smooth(0.1, 0.95, away / length) *
          smooth(1.04, 0.97, away / length);
        return line * bright * 1.1;
      },
      scale(mix(hex(color), [1, 1, 1], 0.35), 1),
      y - radius * 1.2,
      y + radius * 1.3,
    );
  }
}

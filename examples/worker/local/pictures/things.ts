/**
 * What stands before the sky: trees, houses, boats, balloons.
 *
 * @module
 */
import {
  type Canvas,
  clamp,
  clouded,
  hash,
  hex,
  mix,
  noise,
  paint,
  scale,
} from "./paint.ts";
import { byColumn, edge } from "./ground.ts";

/** A row of firs, the lower the nearer. */
export function firs(
  canvas: Canvas,
  { seed, base, height, color, mist, density = 16 }: {
    seed: number;
    base: number;
    height: number;
    color: string;
    mist: string;
    density?: number;
  },
): void {
  const [dark, fog] = [hex(color), hex(mist)];
  const floor = byColumn(
    canvas,
    (x) => base - 0.12 * (clouded(x * 1.6, 1, seed, 3) - 0.5),
  );
  const trees = Array.from(
    { length: Math.ceil(canvas.aspect * density) + 4 },
    (_, index) => {
      const tree = index - 2;
      const middle = (tree + 0.2 + 0.6 * hash(tree, 0, seed)) / density;
      const tall = height * (0.45 + 0.55 * hash(tree, 1, seed) ** 0.7);
      return { tree, middle, tall, top: floor(middle) - tall };
    },
  );
  const cover = (x: number, y: number) => {
    let inside = edge(canvas, y - floor(x));
    const first = Math.floor(x * density);
    for (let index = first; index < first + 5 && inside < 1; index++) {
      const { tree, middle, tall, top } = trees[index]!;
      const down = (y - top) / tall;
      if (down <= 0 || down > 1.2) continue;
      const off = Math.abs(x - middle);
      const half = 0.2 * tall * (down * 0.95 + 0.03);
      if (off > half * 1.25 + canvas.pixel) continue;
      const tier = down * tall * 42;
      const jag = 0.62 + 0.38 * (tier - Math.floor(tier));
      const ragged = 0.75 + 0.5 * noise(x * 160, y * 160, seed + tree);
      inside = Math.max(inside, edge(canvas, half * jag * ragged - off));
    }
    return inside;
  };
  paint(
    canvas,
    cover,
    (x, y) => {
      const deep = clamp((y - floor(x) + height) / (height * 1.9));
      const needles = noise(x * 130, y * 90, seed + 2) - 0.5;
      return scale(mix(dark, fog, 0.75 * deep ** 1.6), 1 + needles * 0.25);
    },
    base - height * 1.25,
  );
}

/** Houses against the sky, with lights in some of their windows. */
export function skyline(
  canvas: Canvas,
  { seed, base, height, color, haze, lights, lit = 0.35, density = 9 }: {
    seed: number;
    base: number;
    height: number;
    color: string;
    haze: string;
    lights: readonly string[];
    lit?: number;
    density?: number;
  },
): void {
  const [wall, fog] = [hex(color), hex(haze)];
  const lamps = lights.map(hex);
  const house = (x: number) => {
    const index = Math.floor(x * density + 0.35 * Math.sin(x * density * 1.7));
    const tall = hash(index, 2, seed);
    const at = index / density / canvas.aspect;
    const middle = Math.exp(-(((at - 0.55) / 0.35) ** 2));
    return {
      index,
      top: base - height * (0.25 + 0.75 * tall * tall) * (0.45 + 0.7 * middle),
    };
  };
  const roof = byColumn(canvas, (x) => {
    const { index, top } = house(x);
    const stepped = hash(index, 4, seed) > 0.6
      ? 0.02 * Math.floor(3 * noise(x * density * 3, 0, seed + 1))
      : 0;
    return top - stepped;
  });
  paint(
    canvas,
    (x, y) => edge(canvas, y - roof(x)) * edge(canvas, base - y),
    (x, y) => {
      const { index } = house(x);
      const up = clamp((base - y) / height);
      const tone = 0.8 + 0.4 * hash(index, 5, seed);
      const side = mix(scale(wall, tone), fog, 0.5 * (1 - up) ** 2);
      const [u, v] = [x * 74 + 0.3 * index, y * 58];
      const [column, row] = [Math.floor(u), Math.floor(v)];
      const isGlass = Math.abs(u - column - 0.5) < 0.28 &&
        Math.abs(v - row - 0.5) < 0.2;
      if (!isGlass || y < roof(x) + 0.012) return side;
      // Some houses are awake longer than others.
      const awake = lit * 1.6 * hash(index, 6, seed);
      const on = hash(column, row, seed + 8);
      if (on > awake) return scale(side, 0.9);
      const lamp = lamps[Math.floor(on / awake * lamps.length)] ?? wall;
      return mix(side, lamp, 0.55 + 0.45 * hash(row, column, seed));
    },
    base - height * 1.3,
    base + 0.01,
  );
}

/** Sailing boats. */
export function boats(
  canvas: Canvas,
  fleet: readonly {
    x: number;
    y: number;
    size: number;
    sail: string;
    hull: string;
  }[],
): void {
  for (const { x, y, size, sail, hull } of fleet) {
    const left = x * canvas.aspect;
    const [cloth, wood] = [hex(sail), hex(hull)];
    paint(
      canvas,
      (u, v) => {
        const up = (y - v) / size;
        if (up < 0.06 || up > 1) return 0;
        const across = (u - left) / size;
        const main = across > 0.02 ? 0.42 * (1 - up) ** 0.85 - across : -1;
        const jib = across < -0.01 ? 0.26 * (0.88 - up) + across : -1;
        return edge(canvas, Math.max(main, jib) * size);
      },
      (u) => scale(cloth, 0.9 + 0.25 * clamp((u - left) / size + 0.4)),
      y - size,
      y,
    );
    paint(
      canvas,
      (u, v) => {
        const down = (v - y) / size;
        const half = 0.36 - Math.max(0, down) * 0.9;
        return edge(canvas, (half - Math.abs((u - left) / size)) * size) *
          edge(canvas, v - y) * edge(canvas, y + size * 0.1 - v);
      },
      () => wood,
      y - 0.01,
      y + size * 0.12,
    );
  }
}

/** Balloons with stripes. */
export function balloons(
  canvas: Canvas,
  fleet: readonly {
    x: number;
    y: number;
    size: number;
    colors: readonly string[];
  }[],
): void {
  for (const { x, y, size, colors } of fleet) {
    const left = x * canvas.aspect;
    const cloth = colors.map(hex);
    const half = (v: number) => {
      const t = (v - y) / size;
      if (t < -1 || t > 1.25) return 0;
      return t < 0
        ? Math.sqrt(1 - t * t)
        : Math.max(0.16, Math.cos(t * 1.12) ** 0.9 || 0);
    };
    paint(
      canvas,
      (u, v) => edge(canvas, (half(v) - Math.abs(u - left) / size) * size),
      (u, v) => {
        const across = clamp((u - left) / size / (half(v) || 1), -1, 1);
        const stripe = Math.floor((Math.asin(across) / Math.PI + 0.5) * 7.99);
        const light = 0.72 +
          0.42 * clamp(0.55 - across * 0.5 - (v - y) / size * 0.25);
        return scale(cloth[stripe % cloth.length]!, light);
      },
      y - size * 1.05,
      y + size * 1.25,
    );
    paint(
      canvas,
      (u, v) =>
        edge(canvas, size * 0.13 - Math.abs(u - left)) *
        edge(canvas, size * 0.11 - Math.abs(v - y - size * 1.5)),
      () => hex("4a3424"),
      y + size * 1.3,
      y + size * 1.7,
    );
  }
}

/**
 * The colours of the day.
 *
 * @module
 */
import type { Stops } from "./paint.ts";

/** Time of day or weather. */
export type Light =
  | "dawn"
  | "morning"
  | "noon"
  | "gold"
  | "sunset"
  | "dusk"
  | "night"
  | "overcast"
  | "storm"
  | "rose";

/** Skies, from the top to the horizon. */
export const SKIES: Readonly<Record<Light, Stops>> = {
  dawn: [[0, "49679c"], [0.45, "b99ab8"], [0.75, "f3b8a0"], [1, "ffdfae"]],
  morning: [[0, "5b94cf"], [0.6, "a9cfe9"], [1, "eef1e4"]],
  noon: [[0, "2469b8"], [0.5, "5ba2dc"], [1, "c5e3f3"]],
  gold: [[0, "6b87a8"], [0.45, "d6b48c"], [0.8, "fbc766"], [1, "ffe6a3"]],
  sunset: [
    [0, "2c2c5e"],
    [0.35, "7d3f75"],
    [0.65, "dd5f58"],
    [0.85, "f99a4a"],
    [
      1,
      "ffd57a",
    ],
  ],
  dusk: [[0, "141a3f"], [0.5, "3b3f7d"], [0.8, "94618f"], [1, "e9a08a"]],
  night: [[0, "050a1c"], [0.6, "0f1f42"], [1, "27406a"]],
  overcast: [[0, "8d98a3"], [0.6, "b6bfc5"], [1, "dcdfdd"]],
  storm: [[0, "2b3540"], [0.6, "59656e"], [1, "a9a99c"]],
  rose: [[0, "8e8fc4"], [0.5, "e2aebf"], [1, "ffe1cf"]],
};

/** The light of a sky: of its clouds, and of the air in front of what is far. */
export const AIR: Readonly<Record<Light, readonly [string, string, string]>> = {
  dawn: ["ffd9c0", "8f86ad", "f2c0ad"],
  morning: ["ffffff", "a9bdd0", "d5e2e6"],
  noon: ["ffffff", "a8bfd6", "b9d6e8"],
  gold: ["ffe9bd", "a18c86", "f4d196"],
  sunset: ["ff9d5c", "5c3866", "e58a62"],
  dusk: ["c98aa0", "2c2f5c", "a8718d"],
  night: ["40557d", "0d1730", "26385c"],
  overcast: ["e2e5e6", "8c959d", "c6cbcc"],
  storm: ["98a0a2", "262e37", "8f948e"],
  rose: ["ffeade", "a695bd", "f3c9c6"],
};

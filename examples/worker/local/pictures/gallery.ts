/**
 * All pictures of the demo.
 *
 * @module
 */
import { FLOWERS } from "./gallery_flowers.ts";
import { LAND } from "./gallery_land.ts";
import { PLACES } from "./gallery_places.ts";
import type { Scene } from "./scene.ts";

/** What there is to see. */
export const GALLERY: readonly Scene[] = [...LAND, ...PLACES, ...FLOWERS];

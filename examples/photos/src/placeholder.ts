/**
 * A blurred picture out of the 25 bytes or so that Immich knows of each.
 *
 * @module
 */
import { rgbaToDataURL, thumbHashToRGBA } from "thumbhash";

/** Of the 32 pixels of the longer side every fourth: a browser makes them smooth. */
const STEP = 4;

/** One grey pixel. */
const GREY = rgbaToDataURL(1, 1, [128, 128, 128, 255]);

/** The picture of a thumbhash (base64), as a `data:` URL. */
export function toPlaceholder(thumbhash: string | null): string {
  if (!thumbhash) return GREY;
  let picture: { w: number; h: number; rgba: Uint8Array };
  try {
    const bytes = Uint8Array.from(atob(thumbhash), (c) => c.charCodeAt(0));
    picture = thumbHashToRGBA(bytes);
  } catch {
    return GREY;
  }
  const { w, h, rgba } = picture;
  const width = Math.ceil(w / STEP);
  const height = Math.ceil(h / STEP);
  const small = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (Math.min(y * STEP + 2, h - 1) * w +
        Math.min(x * STEP + 2, w - 1)) * 4;
      small.set(rgba.subarray(from, from + 4), (y * width + x) * 4);
    }
  }
  return rgbaToDataURL(width, height, small);
}

/**
 * Draws a blurred picture from a thumbhash, about 25 bytes that Immich stores for
 * each photo.
 *
 * @module
 */
import { rgbaToDataURL, thumbHashToRGBA } from "thumbhash";

/**
 * Every fourth pixel in each direction is enough, because browsers smooth the
 * picture.
 */
const STEP = 4;

/** One grey pixel. */
const GREY = rgbaToDataURL(1, 1, [128, 128, 128, 255]);

/** Draws a base64 thumbhash, and returns the picture as a `data:` URL. */
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
      const from = (y * w + x) * STEP * 4;
      small.set(rgba.subarray(from, from + 4), (y * width + x) * 4);
    }
  }
  return rgbaToDataURL(width, height, small);
}

/** Draws a base64 thumbhash, and returns the picture as a PNG file. */
export function toPlaceholderFile(
  thumbhash: string | null,
): Uint8Array<ArrayBuffer> {
  const [, base64 = ""] = toPlaceholder(thumbhash).split(",");
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

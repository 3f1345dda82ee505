/** Generates small pictures, each with unique bytes. */
import { crc32, deflateSync } from "node:zlib";

/** A picture to upload. */
export interface Picture {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Creates a picture: every third is a PNG, and the others are JPEGs. */
export function createPicture(number: number): Picture {
  return number % 3 === 0
    ? { name: `live-${number}.png`, bytes: createPng(12, 8) }
    : { name: `live-${number}.jpg`, bytes: createJpeg(16, 8) };
}

/** Creates a gray JPEG. A random comment makes its bytes unique. */
function createJpeg(width: number, height: number): Uint8Array<ArrayBuffer> {
  // A code table in which "0" is the code of the symbol 0. The symbol means "no
  // difference" for the brightness of a block, and "end of block" for its details.
  const codes = (id: number) =>
    segment(0xc4, [id, 1, ...Array<number>(15).fill(0), 0]);
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const bits = "00".repeat(blocks);
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  return Uint8Array.of(
    ...[0xff, 0xd8],
    ...segment(0xfe, new TextEncoder().encode(crypto.randomUUID())),
    ...segment(0xdb, [0, ...Array<number>(64).fill(1)]),
    ...segment(0xc0, [
      ...[8, 0, height, 0, width],
      ...[1, 1, 0x11, 0],
    ]),
    ...codes(0x00),
    ...codes(0x10),
    ...segment(0xda, [1, 1, 0, 0, 63, 0]),
    ...padded.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)),
    ...[0xff, 0xd9],
  );
}

/** Creates a segment of a JPEG, with its length. */
function segment(marker: number, data: Iterable<number>): number[] {
  const bytes = [...data];
  const length = bytes.length + 2;
  return [0xff, marker, length >> 8, length & 0xff, ...bytes];
}

/** Creates a PNG with random colors. */
function createPng(width: number, height: number): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint32(8, 0x08_02_00_00); // 8 bits for each of red, green and blue.
  const rows = Array.from({ length: height }, () => [
    0, // No filter.
    ...crypto.getRandomValues(new Uint8Array(width * 3)),
  ]);
  return Uint8Array.of(
    ...[0x89, ...new TextEncoder().encode("PNG\r\n\x1a\n")],
    ...chunk("IHDR", new Uint8Array(header.buffer)),
    ...chunk("IDAT", deflateSync(Uint8Array.from(rows.flat()))),
    ...chunk("IEND", new Uint8Array()),
  );
}

/** Creates a chunk of a PNG, with its length and checksum. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Uint8Array.of(...new TextEncoder().encode(type), ...data);
  const bytes = new Uint8Array(body.length + 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(body, 4);
  view.setUint32(bytes.length - 4, crc32(body));
  return bytes;
}

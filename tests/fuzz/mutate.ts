/** What can happen to the bytes of a body. */
import type { Bytes } from "./corpus.ts";
import type { Random } from "./random.ts";
import { mutateJson } from "./values.ts";

const LF = 0x0a;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Pieces of bytes that mean something to somebody on the way. */
const PIECES: readonly Bytes[] = [
  encoder.encode("\n"),
  encoder.encode("\n\n\n"),
  encoder.encode("\r\n"),
  encoder.encode("\r"),
  encoder.encode("\0"),
  encoder.encode("\ufeff"),
  encoder.encode("\ufeff\n"),
  encoder.encode("\u2028"),
  encoder.encode("\ufffd"),
  encoder.encode("<html>"),
  encoder.encode('{"'),
  encoder.encode('"'),
  encoder.encode("\\"),
  encoder.encode("\\ud800"),
  encoder.encode("NaN"),
  encoder.encode(" \n"),
  encoder.encode("\nnull\n"),
  encoder.encode("\n[]\n"),
  encoder.encode("\n1e999\n"),
  encoder.encode('\n{"type":"constructor","data":{},"ack":"__proto__|1"}\n'),
  encoder.encode('\n{"type":"__proto__","data":[],"ack":"constructor|1"}\n'),
  encoder.encode('\n{"type":"AssetV2","data":null,"ack":"AssetV2|1"}\n'),
  encoder.encode('\n{"type":"FutureV9","data":null,"ack":""}\n'),
  encoder.encode('\n{"type":"SyncResetV1","data":{}}\n'),
  encoder.encode('\n{"type":"SyncAckV1","data":{},"ack":"|"}\n'),
  encoder.encode('\n{"type":"SyncCompleteV1","data":{},"ack":""}\n'),
  new Uint8Array([0xff]),
  new Uint8Array([0xc3]),
  new Uint8Array([0xed, 0xa0, 0x80]),
  new Uint8Array([0xf4, 0x90, 0x80, 0x80]),
  new Uint8Array([0x1f, 0x8b, 0x08, 0x00]),
];

/** Changes a body once; another recording is there to be mixed in. */
type Mutator = (bytes: Bytes, random: Random, other: Bytes) => Bytes;

const MUTATORS: readonly Mutator[] = [
  flipBits,
  truncate,
  insertPiece,
  insertPiece,
  splice,
  repeatLines,
  swapLines,
  dropBytes,
  mutateLine,
  mutateLine,
  mutateLine,
  lengthenLine,
  endWithCrLf,
  addByteOrderMark,
  noise,
];

/** Changes a body a few times, or not at all. */
export function mutate(bytes: Bytes, random: Random, other: Bytes): Bytes {
  let mutated = bytes;
  for (let times = random.below(4); times > 0; times--) {
    mutated = random.pick(MUTATORS)(mutated, random, other);
  }
  return mutated;
}

/** Puts pieces of bytes together. */
export function concat(...parts: Uint8Array[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function flipBits(bytes: Bytes, random: Random): Bytes {
  const flipped = bytes.slice();
  for (let times = random.below(8); times >= 0; times--) {
    const place = random.below(bytes.length);
    flipped[place] = flipped[place]! ^ (1 << random.below(8));
  }
  return flipped;
}

function truncate(bytes: Bytes, random: Random): Bytes {
  const end = random.below(bytes.length + 1);
  // At the end of a line, a cut looks whole.
  return bytes.slice(
    0,
    random.chance(0.3) ? bytes.lastIndexOf(LF, end) + 1 : end,
  );
}

function insertPiece(bytes: Bytes, random: Random): Bytes {
  const place = placeIn(bytes, random);
  const piece = random.pick(PIECES);
  return concat(bytes.subarray(0, place), piece, bytes.subarray(place));
}

function splice(bytes: Bytes, random: Random, other: Bytes): Bytes {
  return concat(
    bytes.subarray(0, placeIn(bytes, random)),
    other.subarray(placeIn(other, random)),
  );
}

function repeatLines(bytes: Bytes, random: Random): Bytes {
  const [before, line, after] = cutLine(bytes, random);
  const times = random.chance(0.1) ? 500 : random.below(4);
  if (line.length * times > 500_000) return bytes;
  return concat(before, ...Array.from({ length: times }, () => line), after);
}

function swapLines(bytes: Bytes, random: Random): Bytes {
  const [before, line, after] = cutLine(bytes, random);
  const end = after.indexOf(LF) + 1;
  return concat(before, after.subarray(0, end), line, after.subarray(end));
}

function dropBytes(bytes: Bytes, random: Random): Bytes {
  const start = random.below(bytes.length + 1);
  const end = start + random.below(40);
  return concat(bytes.subarray(0, start), bytes.subarray(end));
}

function mutateLine(bytes: Bytes, random: Random): Bytes {
  const [before, line, after] = cutLine(bytes, random);
  const text = decoder.decode(line);
  const end = text.endsWith("\n") ? "\n" : "";
  return concat(before, encoder.encode(mutateJson(text, random) + end), after);
}

function lengthenLine(bytes: Bytes, random: Random): Bytes {
  const [before, line, after] = cutLine(bytes, random);
  const spaces = new Uint8Array(random.below(200_000)).fill(0x20);
  return concat(before, spaces, line, after);
}

function endWithCrLf(bytes: Bytes): Bytes {
  return encodeLatin1(decodeLatin1(bytes).replaceAll("\n", "\r\n"));
}

function addByteOrderMark(bytes: Bytes): Bytes {
  return concat(encoder.encode("\ufeff"), bytes);
}

function noise(bytes: Bytes, random: Random): Bytes {
  const made = new Uint8Array(random.below(2_000)).map(() => random.below(256));
  return random.chance(0.5) ? made : concat(bytes, made);
}

/** A place in a body: anywhere, or where a line begins. */
function placeIn(bytes: Bytes, random: Random): number {
  const place = random.below(bytes.length + 1);
  return random.chance(0.5) ? bytes.lastIndexOf(LF, place) + 1 : place;
}

/** What comes before a line, the line with its end, and what comes after. */
function cutLine(bytes: Bytes, random: Random): [Bytes, Bytes, Bytes] {
  const place = random.below(bytes.length);
  const start = place === 0 ? 0 : bytes.lastIndexOf(LF, place - 1) + 1;
  const end = bytes.indexOf(LF, place) + 1 || bytes.length;
  return [
    bytes.subarray(0, start),
    bytes.subarray(start, end),
    bytes.subarray(end),
  ];
}

/** Any bytes as characters, one each. */
function decodeLatin1(bytes: Bytes): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return text;
}

function encodeLatin1(text: string): Bytes {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

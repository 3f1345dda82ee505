/** Mutates the bytes of a body. */
import type { Bytes } from "./corpus.ts";
import type { Random } from "./random.ts";
import { mutateJson } from "./values.ts";

const LF = 0x0a;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Byte sequences that a parser may handle specially. */
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

/** Changes a body once, possibly with parts of another recording. */
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

/** Changes a body up to three times. */
export function mutate(bytes: Bytes, random: Random, other: Bytes): Bytes {
  let mutated = bytes;
  for (let times = random.below(4); times > 0; times--) {
    mutated = random.pick(MUTATORS)(mutated, random, other);
  }
  return mutated;
}

/** Concatenates bytes. */
export function concat(...parts: Uint8Array[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

function flipBits(bytes: Bytes, random: Random): Bytes {
  const flipped = bytes.slice();
  for (let times = random.below(8); times >= 0; times--) {
    const position = random.below(bytes.length);
    flipped[position] = flipped[position]! ^ (1 << random.below(8));
  }
  return flipped;
}

function truncate(bytes: Bytes, random: Random): Bytes {
  const end = random.below(bytes.length + 1);
  // A body that is truncated at the end of a line looks complete.
  return bytes.slice(
    0,
    random.chance(0.3) ? bytes.lastIndexOf(LF, end) + 1 : end,
  );
}

function insertPiece(bytes: Bytes, random: Random): Bytes {
  const position = positionIn(bytes, random);
  const piece = random.pick(PIECES);
  return concat(bytes.subarray(0, position), piece, bytes.subarray(position));
}

function splice(bytes: Bytes, random: Random, other: Bytes): Bytes {
  return concat(
    bytes.subarray(0, positionIn(bytes, random)),
    other.subarray(positionIn(other, random)),
  );
}

function repeatLines(bytes: Bytes, random: Random): Bytes {
  const [before, line, after] = splitAtLine(bytes, random);
  const times = random.chance(0.1) ? 500 : random.below(4);
  if (line.length * times > 500_000) return bytes;
  return concat(before, ...Array.from({ length: times }, () => line), after);
}

function swapLines(bytes: Bytes, random: Random): Bytes {
  const [before, line, after] = splitAtLine(bytes, random);
  const end = after.indexOf(LF) + 1;
  return concat(before, after.subarray(0, end), line, after.subarray(end));
}

function dropBytes(bytes: Bytes, random: Random): Bytes {
  const start = random.below(bytes.length + 1);
  const end = start + random.below(40);
  return concat(bytes.subarray(0, start), bytes.subarray(end));
}

function mutateLine(bytes: Bytes, random: Random): Bytes {
  const [before, line, after] = splitAtLine(bytes, random);
  const text = decoder.decode(line);
  const end = text.endsWith("\n") ? "\n" : "";
  return concat(before, encoder.encode(mutateJson(text, random) + end), after);
}

function lengthenLine(bytes: Bytes, random: Random): Bytes {
  const [before, line, after] = splitAtLine(bytes, random);
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

/** Picks a position in a body: any position, or the start of a line. */
function positionIn(bytes: Bytes, random: Random): number {
  const position = random.below(bytes.length + 1);
  return random.chance(0.5) ? bytes.lastIndexOf(LF, position) + 1 : position;
}

/**
 * Returns the bytes before a random line, the line with its line feed, and the
 * bytes after the line.
 */
function splitAtLine(bytes: Bytes, random: Random): [Bytes, Bytes, Bytes] {
  const position = random.below(bytes.length);
  const start = position === 0 ? 0 : bytes.lastIndexOf(LF, position - 1) + 1;
  const end = bytes.indexOf(LF, position) + 1 || bytes.length;
  return [
    bytes.subarray(0, start),
    bytes.subarray(start, end),
    bytes.subarray(end),
  ];
}

/** Decodes one character per byte. */
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

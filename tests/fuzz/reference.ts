/** A reference reader for streams, simple enough to be obviously correct. */
import type { Bytes } from "./corpus.ts";

/** The expected result of reading a stream. */
export interface Reading {
  /** The text of each line that is an event. */
  events: string[];
  /** Line numbers of the invalid lines that were read. */
  bad: number[];
  /** Name of the error that ended the stream; `undefined` if there was none. */
  error: string | undefined;
}

/** Options for reading a stream. */
export interface ReadingOptions {
  maxLineBytes: number;
  /** Whether to continue after an invalid line. */
  skip: boolean;
  /** Whether SyncCompleteV1 is optional. */
  optional: boolean;
  /** What happens after the last byte of the body. */
  end: "close" | "error" | "stall";
}

/** Reads a complete body. */
export function readReference(bytes: Bytes, options: ReadingOptions): Reading {
  const { maxLineBytes, skip, optional, end } = options;
  const reading: Reading = { events: [], bad: [], error: undefined };
  let last = "";
  let number = 0;
  let start = 0;
  for (let stop; (stop = bytes.indexOf(10, start)) !== -1; start = stop + 1) {
    number++;
    const line = bytes.subarray(start, stop);
    const passes = line.length <= maxLineBytes && isUtf8(line);
    const text = passes ? toText(line, number) : "";
    if (passes && text.trim() === "") continue;
    const type = passes ? typeOf(text) : undefined;
    if (type !== undefined) {
      reading.events.push(text);
      // Anything after this event is ignored.
      if (type === "SyncCompleteV1") return reading;
      last = type;
      continue;
    }
    reading.bad.push(number);
    if (skip) continue;
    reading.error = "ProtocolError";
    return reading;
  }
  const rest = bytes.length - start;
  const tooLong = rest > maxLineBytes;
  if (tooLong) reading.bad.push(number + 1);
  if (last === "SyncResetV1" && rest === 0) return reading;
  if (tooLong && !skip) reading.error = "ProtocolError";
  else if (end === "error") reading.error = "ConnectionError";
  else if (end === "stall") reading.error = "TimeoutError";
  else if (!optional || rest > 0) reading.error = "TruncatedStreamError";
  return reading;
}

function isUtf8(bytes: Bytes): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function toText(line: Bytes, number: number): string {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(line);
  const begin = number === 1 && text.startsWith("\ufeff") ? 1 : 0;
  return text.slice(begin, text.endsWith("\r") ? -1 : undefined);
}

/** Types whose data must be an object. */
const KNOWN =
  /^(Sync(Ack|Reset|Complete)|(Auth)?User|Asset|Album|Partner|Memory|Person|Stack)[A-Za-z]*V[12]$/;

/**
 * Returns the type of the event in a line, or `undefined` if the line is not a
 * valid event.
 */
function typeOf(text: string): string | undefined {
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { type, data } = value;
  if (typeof type !== "string" || type === "") return undefined;
  const ack = type === "SyncResetV1" && value.ack === undefined
    ? ""
    : value.ack;
  if (typeof ack !== "string") return undefined;
  const isObject = typeof data === "object" && data !== null;
  if (isObject || (data !== undefined && !KNOWN.test(type))) return type;
  return undefined;
}

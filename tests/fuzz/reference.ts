/** The oracle: a reader of streams that is simple enough to be right. */
import type { Bytes } from "./corpus.ts";

/** What a stream comes to. */
export interface Reading {
  /** The text of each line that is an event. */
  events: string[];
  /** Numbers of the lines that are none, as far as they are reached. */
  bad: number[];
  /** Name of the error at the end; `undefined` for a good end. */
  error: string | undefined;
}

/** How a stream is read. */
export interface ReadingOptions {
  maxLineBytes: number;
  /** Whether to go on behind a line that is no event. */
  skip: boolean;
  /** Whether a stream may end without saying that it is complete. */
  optional: boolean;
  /** How the body ends behind its bytes. */
  end: "close" | "break" | "stall";
}

/** Reads a body that has arrived as a whole. */
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
    if (passes && text === "") continue;
    const type = passes ? typeOf(text) : undefined;
    if (type !== undefined) {
      reading.events.push(text);
      // Nothing that follows matters.
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
  else if (end === "break") reading.error = "ConnectionError";
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

/** Rows whose shape is known have an object for data. */
const KNOWN =
  /^(Sync(Ack|Reset|Complete)|(Auth)?User|Asset|Album|Partner|Memory|Person|Stack)[A-Za-z]*V[12]$/;

/** Type of the event that a line is, if it is one. */
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

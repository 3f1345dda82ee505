/**
 * Creates the lines of a stream, with faults.
 *
 * @module
 */
import type { Piece, Source } from "./body.ts";
import { type Fault, type FaultOf, faultOf } from "./faults.ts";
import type { FeedEvent } from "./feed.ts";

/** The length of a chunk of the stream in characters, similar to a chunk read from a socket. */
const PIECE_LENGTH = 16 * 1024;

/** One byte more than clients accept by default. */
const TOO_LONG = 16 * 1024 * 1024 + 1;

/** A line with its line feed: a string, or bytes that are not valid UTF-8. */
type Line = string | Uint8Array<ArrayBuffer>;

/** Creates lines from events on demand. If the source of the events throws, the lines stall. */
export function toLines(
  events: Iterable<FeedEvent>,
  faults: readonly Fault[] = [],
): Source {
  const lines = addPoison(format(applyTo(events, faults)), faults);
  const encoder = new TextEncoder();
  let next: Line = "";
  let end: Piece | undefined;

  function advance(): boolean {
    try {
      const { done, value = "" } = lines.next();
      if (done) end = "end";
      next = value;
    } catch {
      end = "stall";
    }
    return end === undefined;
  }
  function read(): Piece {
    let text = "";
    while (text.length < PIECE_LENGTH && end === undefined) {
      if (typeof next !== "string") break;
      text += next;
      next = "";
      advance();
    }
    if (text !== "") return encoder.encode(text);
    if (end !== undefined) return end;
    const bytes = next as Uint8Array<ArrayBuffer>;
    next = "";
    return bytes;
  }
  return { read, cancel: () => void lines.return(undefined) };
}

function* format(events: Iterable<FeedEvent>): Generator<string> {
  for (const event of events) yield JSON.stringify(event) + "\n";
}

function* applyTo(
  events: Iterable<FeedEvent>,
  faults: readonly Fault[],
): Generator<FeedEvent> {
  const acks = faultOf(faults, "acks");
  const unknown = faultOf(faults, "unknown");
  const repeats = faultOf(faults, "duplicate") !== undefined;
  let number = 0;
  for (const event of events) {
    if (unknown !== undefined) {
      const { entityType: type = UNKNOWN_TYPE } = unknown;
      const ack = `${type}|${++number}`;
      yield withAck({ type, data: {}, ack }, acks);
    }
    const sent = withAck(event, acks);
    yield sent;
    if (repeats && !event.type.startsWith("Sync")) yield sent;
  }
}

/** An entity type that only a fork has. */
export const UNKNOWN_TYPE = "ForkV1";

function withAck(
  event: FeedEvent,
  fault: FaultOf<"acks"> | undefined,
): FeedEvent {
  const { ack } = event;
  if (fault === undefined || ack === undefined) return event;
  return { ...event, ack: fault.as === "empty" ? "" : `${ack}|` };
}

function* addPoison(
  lines: Iterable<string>,
  faults: readonly Fault[],
): Generator<Line, undefined> {
  const poison = faultOf(faults, "poison");
  if (poison === undefined) return void (yield* lines);
  let number = 1;
  let held: string | undefined;
  for (const line of lines) {
    if (held !== undefined) {
      yield held;
      number++;
    }
    if (number === poison.atLine) {
      yield toPoison(poison);
      number++;
    }
    held = line;
  }
  if (number <= poison.atLine) yield toPoison(poison);
  if (held !== undefined) yield held;
}

function toPoison(
  { as = "json", lengthBytes = TOO_LONG }: FaultOf<"poison">,
): Line {
  switch (as) {
    case "json":
      return '{"type":"AssetV1","data":\n';
    case "envelope":
      return '{"message":"Internal server error"}\n';
    case "utf8":
      return Uint8Array.of(0x22, 0xc3, 0x28, 0x22, 0x0a);
    case "long":
      return `${JSON.stringify({ type: "x".repeat(lengthBytes) })}\n`;
  }
}

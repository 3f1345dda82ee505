/** A case in which the library and the reference read the same stream. */
import { syncStream, type SyncStreamOptions } from "../../mod.ts";
import { answering, SESSION } from "../support/fetch.ts";
import { serve } from "./body.ts";
import type { Corpus } from "./corpus.ts";
import { check, checkError } from "./checks.ts";
import { mutate } from "./mutate.ts";
import type { Random } from "./random.ts";
import { readReference } from "./reference.ts";

const CONTENT_TYPES = [
  "application/jsonlines+json",
  "application/json",
  "text/plain; charset=latin1",
  "application/octet-stream",
  "text/html",
  "image/png",
  "text/event-stream",
  "\u00ff",
  "",
];
const USABLE = /json|^text\/plain|^application\/octet-stream|^$/;

/** When the reader stops early, and how. */
type EarlyStop = { after: number; by: "cancel" | "abort" };

/** Reads a mutated stream to its end, or stops early. */
export async function streamCase(
  corpus: Corpus,
  random: Random,
): Promise<void> {
  const bytes = mutate(
    random.pick(corpus.streams),
    random,
    random.pick(corpus.streams),
  );
  const end = random.chance(0.02)
    ? "stall"
    : random.chance(0.1)
    ? "error"
    : "close";
  const contentType = random.chance(0.9)
    ? CONTENT_TYPES[0]!
    : random.pick(CONTENT_TYPES);
  const skip = random.chance(0.4);
  const optional = random.chance(0.2);
  const maxLineBytes = random.pick([80, 500, 3_000, 65_536, 16 * 1024 * 1024]);
  const stop: EarlyStop | undefined = random.chance(0.1)
    ? {
      after: random.below(20),
      by: random.pick(["cancel", "abort"]),
    }
    : undefined;

  const expected = readReference(bytes, { maxLineBytes, skip, optional, end });
  const served = serve(bytes, random, end);
  const abort = new AbortController();
  const bad: (number | undefined)[] = [];
  const options: SyncStreamOptions = {
    maxLineBytes,
    terminator: optional ? "optional" : "required",
    signal: abort.signal,
    idleTimeoutMs: end === "stall" ? 20 : 10_000,
    fetch: answering(() => {
      const headers = { "content-type": contentType };
      const response = new Response(served.body, { headers });
      if (contentType === "") response.headers.delete("content-type");
      return response;
    }),
    ...(skip ? { onBadLine: ({ line }) => bad.push(line) } : {}),
  };

  let count = 0;
  let error: unknown;
  let stopped = false;
  try {
    const stream = await syncStream(SESSION, ["AssetsV2"], options);
    check(
      USABLE.test(contentType),
      `"${contentType}" was accepted as a stream`,
    );
    const reader = stream.getReader();
    while (true) {
      stopped = stop !== undefined && count >= stop.after;
      if (stopped && stop?.by === "cancel") await reader.cancel();
      else if (stopped) abort.abort(stop);
      const { done, value } = await reader.read();
      if (done) break;
      checkEvent(value, expected.events[count]);
      count++;
    }
  } catch (caught) {
    error = caught;
  }
  // An abort takes effect immediately, and releases the body in the same turn.
  await new Promise((resolve) => setTimeout(resolve));
  check(served.released, "the body was not released");
  if (error !== undefined && error !== stop) checkError(error);
  if (!USABLE.test(contentType)) {
    return checkEnd(error, "ProtocolError");
  }
  if (stopped && !(stop?.by === "abort" && error !== stop)) return;
  check(count === expected.events.length, `received ${count} events`);
  checkEnd(error, expected.error);
  if (skip) {
    check(bad.join() === expected.bad.join(), `the bad lines were ${bad}`);
  } else if (expected.error === "ProtocolError") {
    const { line } = error as { line?: number };
    check(line === expected.bad.at(-1), `the bad line was ${line}`);
  }
}

function checkEnd(error: unknown, expected: string | undefined): void {
  const name = error instanceof Error ? error.name : undefined;
  check(name === expected, `expected ${expected}, received ${name}`);
}

/** Throws unless an event matches the one in a line. */
function checkEvent(event: object, line: string | undefined): void {
  if (line === undefined) return check(false, "received an unexpected event");
  const expected = JSON.parse(line);
  if (expected.type === "SyncResetV1") expected.ack ??= "";
  check(
    write({ ...event }) === write(expected),
    "an event differs from its line",
  );
}

/**
 * Serializes an event. If the event is nested too deeply, serializes only its
 * keys.
 */
function write(event: Record<string, unknown>): string {
  try {
    return JSON.stringify(event);
  } catch {
    return Object.keys(event).join();
  }
}

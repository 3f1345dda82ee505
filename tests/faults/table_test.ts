/** Tests every cell of the table on a real socket. */
import { assertEquals } from "@std/assert";
import { type SyncEvent, syncStream } from "../../mod.ts";
import { Clock } from "../support/clock.ts";
import { later } from "../support/events.ts";
import { drain, SESSION } from "../support/fetch.ts";
import { BY_CLOCK, LONG_MS, timed } from "../support/timeouts.ts";
import { serveScript } from "../support/socket_script.ts";
import type { Answer } from "../support/sockets.ts";
import { test } from "../support/test.ts";
import { codeOf, run } from "./run.ts";
import {
  bytesBefore,
  isHeadFault,
  resume,
  toFaultyAnswer,
} from "./wire_faults.ts";
import { type Fault, type Outcome, OUTCOMES, type Phase } from "./table.ts";

/** Number of rows in the stream. */
const ROWS = 3;
const TYPES = ["UsersV1"] as const;

/**
 * Starts a server whose first stream is faulty and whose later streams are
 * complete.
 */
async function serve(fault: Fault, phase: Phase) {
  const log: string[] = [];
  const { promise: arrived, ...progress } = waitForBytes(phase);
  const faultyAnswer = toFaultyAnswer(fault, phase);
  const answer: Answer = async (wire) => {
    progress.asked();
    await faultyAnswer?.(wire);
  };
  const streams = faultyAnswer === null ? [] : [answer];
  const server = await serveScript({ streams: [...streams, resume(log)], log });
  // Nothing is listening until the client retries.
  if (faultyAnswer === null) await server.refuse();
  const session = { ...SESSION, baseUrl: server.baseUrl };

  /**
   * Calls a function. If the server stalls, advances the clock once all bytes
   * have arrived.
   */
  async function passTime<T>(act: () => Promise<T>): Promise<T> {
    if (fault !== "the server stalls") return await act();
    using clock = new Clock();
    const pending = act();
    await Promise.race([arrived, pending]);
    await clock.passUntil(pending);
    return await pending;
  }

  const { onBytes } = progress;
  return { server, session, refused: faultyAnswer === null, onBytes, passTime };
}

/** Resolves when the bytes before a phase have arrived. */
function waitForBytes(phase: Phase) {
  const { promise, resolve } = later();
  const expected = bytesBefore(phase);
  let count = 0;
  return {
    promise,
    asked() {
      if (expected === null) resolve();
    },
    onBytes(bytes: number) {
      count += bytes;
      if (expected !== null && count >= expected) resolve();
    },
  };
}

/** Reads the faulty stream, and checks the events and the error. */
async function readFaulty(
  fault: Fault,
  phase: Phase,
  { events, code }: Outcome,
): Promise<void> {
  const { server, session, onBytes, passTime } = await serve(fault, phase);
  await using _ = server;
  const timeout = fault === "the server stalls"
    ? BY_CLOCK
    : { idleTimeoutMs: LONG_MS };
  const read = await passTime(async () => {
    try {
      const options = { ...timeout, onBytes };
      const stream = await syncStream(session, TYPES, options);
      onBytes(0);
      return await drain<SyncEvent>(stream);
    } catch (error) {
      return { items: [], error };
    }
  });
  assertEquals([read.items.length, codeOf(read.error)], [events, code]);
  await server.freed();
}

/**
 * Runs `sync` until it completes or fails, and checks the log and the error.
 */
async function runFaulty(fault: Fault, phase: Phase, outcome: Outcome) {
  const { server, refused, onBytes, passTime } = await serve(fault, phase);
  await using _ = server;
  const source = timed({ kind: "syncStream", onBytes });
  const serverVersion = { major: 3, minor: 1, patch: 0 };
  const { result, code } = await passTime(() =>
    run(server, { source, serverVersion })
  );
  assertEquals(server.log, expectedLog(outcome, refused));
  const fails = outcome.run === "fails";
  assertEquals(code, fails ? outcome.code : null);
  assertEquals(result?.complete, fails ? undefined : true);
  await server.freed();
}

/**
 * Returns the expected log of both sides: complete rows are stored, then
 * acknowledged. Only then is the next stream requested, which contains the
 * remaining rows.
 */
function expectedLog(
  { events, run, waitMs }: Outcome,
  refused: boolean,
): string[] {
  const stored = Math.min(events, ROWS);
  if (run === "fails") return ["stream"];
  if (run === "is not disturbed") return ["stream", ...stores(0, ROWS)];
  const first = stored === 0 ? [] : stores(0, stored);
  const opened = refused ? [] : ["stream"];
  return [
    ...opened,
    ...first,
    `wait ${waitMs}`,
    "stream",
    ...stores(stored, ROWS),
  ];
}

/**
 * Returns the log entries for rows that are stored together and acknowledged.
 */
function stores(from: number, to: number): string[] {
  const acks = Array.from(
    { length: to - from },
    (_, i) => `UserDeleteV1|${from + i + 1}`,
  );
  const last = to === ROWS ? ["SyncCompleteV1|9"] : [];
  return [
    ["store", ...acks].join(" "),
    ["ack", acks.at(-1), ...last].join(" "),
  ];
}

function nameOf(fault: Fault, phase: Phase, outcome: Outcome): string {
  const { events, code, run } = outcome;
  const where = isHeadFault(fault) ? "" : ` ${phase}`;
  const stream = [
    ...(events > 0 || code === null ? [`${events} events`] : []),
    ...(code === null ? [] : [`error "${code}"`]),
  ].join(", then ").replace(/^1 events/, "1 event");
  return `sync ${run} if ${fault}${where} (${stream})`;
}

for (const [fault, row] of entries(OUTCOMES)) {
  for (const [phase, outcome] of entries(row)) {
    if (outcome === null) continue;
    test(nameOf(fault, phase, outcome), async () => {
      await readFaulty(fault, phase, outcome);
      await runFaulty(fault, phase, outcome);
    });
  }
}

function entries<K extends string, V>(record: Record<K, V>): [K, V][] {
  return Object.entries(record) as [K, V][];
}

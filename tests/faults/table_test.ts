/** Every cell of the table, on a real socket. */
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
import { bytesBefore, cause, isHeadFault, resume } from "./wire_faults.ts";
import { type Fault, type Outcome, OUTCOMES, type Phase } from "./table.ts";

/** Rows of the whole stream. */
const ROWS = 3;
const TYPES = ["UsersV1"] as const;

/** A server that is caused, and answers well from then on. */
async function serve(fault: Fault, phase: Phase) {
  const log: string[] = [];
  const { promise: silence, ...heard } = listen(phase);
  const caused = cause(fault, phase);
  const answer: Answer = async (wire) => {
    heard.asked();
    await caused?.(wire);
  };
  const streams = caused === null ? [] : [answer];
  const server = await serveScript({ streams: [...streams, resume(log)], log });
  // Whoever finds nobody comes back once somebody listens.
  if (caused === null) await server.refuse();
  const session = { ...SESSION, baseUrl: server.baseUrl };

  /** Runs something. If the server falls silent, time passes once all bytes have arrived. */
  async function outwait<T>(act: () => Promise<T>): Promise<T> {
    if (fault !== "a silent server") return await act();
    using clock = new Clock();
    const over = act();
    await Promise.race([silence, over]);
    await clock.passUntil(over);
    return await over;
  }

  const { onBytes } = heard;
  return { server, session, refused: caused === null, onBytes, outwait };
}

/** Resolves when the bytes before a phase have arrived. */
function listen(phase: Phase) {
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

/** Reads one stream. */
async function readStruck(
  fault: Fault,
  phase: Phase,
  { events, code }: Outcome,
): Promise<void> {
  const { server, session, onBytes, outwait } = await serve(fault, phase);
  await using _ = server;
  const timeout = fault === "a silent server"
    ? BY_CLOCK
    : { idleTimeoutMs: LONG_MS };
  const read = await outwait(async () => {
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

/** Runs `sync` until everything is there, or nothing helps. */
async function runStruck(fault: Fault, phase: Phase, outcome: Outcome) {
  const { server, refused, onBytes, outwait } = await serve(fault, phase);
  await using _ = server;
  const source = timed({ kind: "syncStream", onBytes });
  const serverVersion = { major: 3, minor: 1, patch: 0 };
  const { result, code } = await outwait(() =>
    run(server, { source, serverVersion })
  );
  assertEquals(server.log, expectedLog(outcome, refused));
  const fails = outcome.run === "fails";
  assertEquals(code, fails ? outcome.code : null);
  assertEquals(result?.complete, fails ? undefined : true);
  await server.freed();
}

/**
 * What both sides see: what came whole is stored, then acknowledged, and only
 * then the next stream is asked for, which brings the rest.
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

/** Rows that are stored together, and their ack. */
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
  const where = isHeadFault(fault) ? "in place of a stream" : phase;
  const gives = [
    ...(events > 0 || code === null ? [`${events} events`] : []),
    ...(code === null ? [] : [`"${code}"`]),
  ].join(", ").replace(/^1 events/, "1 event");
  const link = run === "is not disturbed" ? "by" : "after";
  return `sync ${run} ${link} ${fault} ${where} (${gives})`;
}

for (const [fault, row] of entries(OUTCOMES)) {
  for (const [phase, outcome] of entries(row)) {
    if (outcome === null) continue;
    test(nameOf(fault, phase, outcome), async () => {
      await readStruck(fault, phase, outcome);
      await runStruck(fault, phase, outcome);
    });
  }
}

function entries<K extends string, V>(record: Record<K, V>): [K, V][] {
  return Object.entries(record) as [K, V][];
}

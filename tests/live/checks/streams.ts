/** The sync stream: checkpoints, acks, child sessions and resets. */
import {
  createChildSession,
  deleteSyncAcks,
  getSyncAcks,
  HttpError,
  request,
  syncAck,
  type SyncEvent,
} from "@immich-edge/sync";
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Account } from "../account.ts";
import { type Check, check, Skip } from "../check.ts";
import type { Stage } from "../stage.ts";
import { readStream, rowsOf, settle } from "../streams.ts";

/** A user with a small library. */
async function createLibrary(stage: Stage) {
  const account = await stage.addAccount("streams");
  const [first = "", ...rest] = await account.uploadMany(3);
  await account.addAlbum("Album", rest);
  await settle(stage, account);
  return { account, first };
}

const libraries = new WeakMap<Stage, ReturnType<typeof createLibrary>>();

/** Creates a session without checkpoints for the user with a small library. */
async function start(stage: Stage) {
  if (!libraries.has(stage)) libraries.set(stage, createLibrary(stage));
  const { account, first } = await libraries.get(stage)!;
  const { types, signal } = stage;
  const session = await createChildSession(account.session, { signal });
  const read = () => readStream(session, types, { signal });
  return { account, first, session, read, types, signal };
}

/** Returns the ids in events, for comparison. */
function toText(events: readonly SyncEvent[]): string[] {
  return rowsOf(events).map(({ type, data }) =>
    `${type} ${JSON.stringify(data)}`
  ).sort();
}

export const STREAM_CHECKS: readonly Check[] = [
  check(
    "a stream ends with SyncCompleteV1, and is repeated until it is acknowledged",
    async (stage) => {
      const { read } = await start(stage);
      const events = await read();
      assertEquals(events.at(-1)?.type, "SyncCompleteV1");
      assertEquals(toText(await read()), toText(events));
    },
  ),

  check("a stream after acks contains only what has changed", async (stage) => {
    const { account, first, session, read, signal } = await start(stage);
    await syncAck(session, await read(), { signal });
    assertEquals(toText(await read()), []);
    const description = crypto.randomUUID();
    await account.call("PUT", `/assets/${first}`, { description });
    await settle(stage, account);
    const changed = rowsOf(await read());
    assert(changed.length > 0);
    for (const { data } of changed) {
      assert(JSON.stringify(data).includes(first), JSON.stringify(data));
    }
  }),

  check(
    "checkpoints are the newest acks, and deleting them makes the sync start over",
    async (stage) => {
      const { session, read, signal } = await start(stage);
      const events = await read();
      await syncAck(session, events, { signal });
      const acks = await getSyncAcks(session, { signal });
      for (const { type, ack } of acks) {
        const sent = events.findLast((event) =>
          event.ack?.startsWith(`${type}|`)
        );
        // The server sets backfill checkpoints on its own.
        assert(sent?.ack === ack || type.includes("Backfill"), ack);
      }
      await deleteSyncAcks(session, { signal });
      assertEquals(await getSyncAcks(session, { signal }), []);
      assertEquals(toText(await read()), toText(events));
    },
  ),

  check(
    "a stream with reset: true contains the whole library",
    async (stage) => {
      const { session, read, types, signal } = await start(stage);
      const events = await read();
      await syncAck(session, events, { signal });
      const again = await readStream(session, types, { signal, reset: true });
      assertEquals(toText(again), toText(events));
    },
  ),

  check("each request type can be requested alone", async (stage) => {
    const { session, read, types, signal } = await start(stage);
    const together = toText(await read());
    const alone: string[] = [];
    for (const type of types) {
      const events = await readStream(session, [type], { signal });
      assertEquals(events.at(-1)?.type, "SyncCompleteV1", type);
      alone.push(...toText(events));
    }
    assertEquals(alone.sort(), together);
  }),

  check("child sessions have their own checkpoints", async (stage) => {
    const { account, session, read, types, signal } = await start(stage);
    const other = await createChildSession(account.session, { signal });
    const events = await read();
    await syncAck(session, events, { signal });
    for (const each of [other, account.session]) {
      const all = await readStream(each, types, { signal });
      assertEquals(toText(all), toText(events));
    }
  }),

  check(
    "streams contain only the requested reset until it is acknowledged",
    async (stage) => {
      const { account, session, read, signal } = await start(stage);
      const events = await read();
      await syncAck(session, events, { signal });
      await requestReset(account);
      for (let i = 0; i < 2; i++) {
        const reset = await read();
        assertEquals(reset.map(({ type }) => type), ["SyncResetV1"]);
        if (i === 1) await syncAck(session, reset, { signal });
      }
      assertEquals(toText(await read()), toText(events));
    },
  ),

  check(
    "an unknown request type is refused before the first event",
    async (stage) => {
      const { account: { session } } = await start(stage);
      const body = { types: ["UnheardOfV1"] };
      const { signal } = stage;
      const error = await assertRejects(
        () =>
          request(session, "/sync/stream", { method: "POST", body, signal }),
        HttpError,
      );
      assertEquals(error.status, 400);
    },
  ),
];

/** Requests a reset for every child session. */
export async function requestReset(account: Account): Promise<void> {
  const sessions = await account.call<{ id: string; current: boolean }[]>(
    "GET",
    "/sessions",
  );
  const children = sessions.filter(({ current }) => !current);
  if (children.length === 0) throw new Skip("The server lists no sessions.");
  for (const { id } of children) {
    await account.call("PUT", `/sessions/${id}`, { isPendingSyncReset: true });
  }
}

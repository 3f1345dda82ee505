/** A mirror waits for a database file that is locked by another process. */
import { createClient } from "@libsql/client";
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { libsql, sqlite } from "../../src/mirror/mod.ts";
import { findBetterSqlite3 } from "../support/better_sqlite3.ts";
import { findBun, findNode } from "../support/bun.ts";
import { bundle } from "../support/bundle.ts";
import { type Child, start } from "../support/children.ts";
import { later } from "../support/events.ts";
import { test } from "../support/test.ts";
import { syncInUse, syncOnce, type Use, watched } from "./inside/busy.ts";

/** A sync of a mirror. */
interface Sync {
  /** Resolves once the sync has found the file locked. */
  untilBusy(): Promise<unknown>;
  /** How the sync ended. */
  ended: Promise<string>;
}

/**
 * Starts a sync with a busy timeout, in milliseconds, possibly on a connection in
 * use.
 */
type Start = (
  file: string,
  busyTimeoutMs: number,
  ...use: Use[]
) => Sync;

const HOLD_LOCK = new URL("inside/hold_lock.ts", import.meta.url).pathname;

/** Far longer than the other process holds its lock. */
const LONG_MS = 120_000;

async function holdLock(...args: string[]): Promise<Child> {
  const child = start(Deno.execPath(), [
    ...["run", "--quiet", "--no-config", "-A", HOLD_LOCK, ...args],
  ]);
  await child.writes("locked");
  return child;
}

/** Syncs in Deno. */
const DENO: Record<string, Start> = {
  "node:sqlite of Deno": (file, busyTimeoutMs, ...[use]) => {
    const { promise: busy, resolve } = later();
    const database = new DatabaseSync(file);
    const sync = use === undefined
      ? syncOnce(sqlite(watched(database, resolve), { busyTimeoutMs }))
      : syncInUse(database, use, busyTimeoutMs);
    const ended = sync.finally(() => database.close());
    return { untilBusy: () => busy, ended };
  },
  "libSQL": (file, busyTimeoutMs) => {
    const { promise: busy, resolve } = later();
    const client = createClient({ url: `file:${file}` });
    const fails = <T>(work: Promise<T>) =>
      work.catch((error) => {
        resolve();
        throw error;
      });
    const database = libsql({
      protocol: client.protocol,
      execute: (statement) => client.execute(statement),
      executeMultiple: (sql) => fails(client.executeMultiple(sql)),
      batch: (statements, mode) => fails(client.batch(statements, mode)),
    }, { busyTimeoutMs });
    const ended = syncOnce(database).finally(() => client.close());
    return { untilBusy: () => busy, ended };
  },
};

/** Syncs in another runtime. */
async function inProcess(command: string, env = {}): Promise<Start> {
  const script = `${directory}/${crypto.randomUUID()}.mjs`;
  await Deno.writeTextFile(
    script,
    await bundle("tests/mirror/inside/busy_process.ts"),
  );
  return (file, busyTimeoutMs, ...use) => {
    const args = [script, file, `${busyTimeoutMs}`, ...use];
    const child = start(command, args, { env });
    const ended = child.outcome.then(({ stdout, stderr }) =>
      stdout.trim().split("\n").at(-1) || stderr
    );
    return { untilBusy: () => child.writes("busy"), ended };
  };
}

const directory = await Deno.makeTempDir();
Deno.test.afterAll(() => Deno.remove(directory, { recursive: true }));

const DRIVERS: Record<string, () => Promise<Start>> = {
  ...Object.fromEntries(
    Object.entries(DENO).map(([name, start]) => [
      name,
      () => Promise.resolve(start),
    ]),
  ),
  "bun:sqlite": async () => await inProcess(await findBun()),
  "node:sqlite of Node": async () => await inProcess(await findNode()),
  "better-sqlite3": async () => {
    const { command, env } = await findBetterSqlite3();
    return await inProcess(command, env);
  },
};

/** The locks for which a writer must wait. */
const LOCKS: [mode: string, lock: string][] = [
  ["DELETE", "writer"],
  ["DELETE", "reader"],
  ["WAL", "writer"],
];

for (const [name, find] of Object.entries(DRIVERS)) {
  for (const [mode, lock] of LOCKS) {
    test(`a mirror waits for a ${lock} in another process (${name}, ${mode})`, async () => {
      const sync = await find();
      const file = `${directory}/${crypto.randomUUID()}.db`;
      await using child = await holdLock(file, mode, lock);
      assertEquals(await sync(file, 1).ended, "mirror_busy");
      const { untilBusy, ended } = sync(file, LONG_MS);
      await untilBusy();
      child.kill("SIGKILL");
      assertEquals(await ended, "synced");
    });
  }

  test(`a mirror does not wait for a reader in another process (${name}, WAL)`, async () => {
    const sync = await find();
    const file = `${directory}/${crypto.randomUUID()}.db`;
    await using _child = await holdLock(file, "WAL", "reader");
    const { ended } = sync(file, 1);
    assertEquals(await ended, "synced");
  });

  for (
    const use of name === "libSQL" ? [] : ["transaction", "iterator"] as const
  ) {
    test(`a mirror waits for an open ${use} on its own connection (${name})`, async () => {
      const sync = await find();
      assertEquals(await sync(":memory:", LONG_MS, use).ended, "synced");
    });
  }
}

/** Unusual values are stored identically in every database. */
import { createClient, type IntMode } from "@libsql/client";
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { libsql, type MirrorDatabase, sqlite } from "../../src/mirror/mod.ts";
import { run } from "../../tools/run.ts";
import { findBetterSqlite3 } from "../support/better_sqlite3.ts";
import { findBun, findNode } from "../support/bun.ts";
import { bundle } from "../support/bundle.ts";
import { test } from "../support/test.ts";
import { expectedValues, storeOddValues } from "./inside/odd_values.ts";
import { PLACES, startWorkers, workersTest } from "./workers.ts";

type Env = Record<string, string>;

/** Databases that run in Deno. */
const HERE: Record<string, () => MirrorDatabase> = {
  "node:sqlite": () => sqlite(new DatabaseSync(":memory:")),
  "node:sqlite with bigints": () =>
    sqlite(new DatabaseSync(":memory:", { readBigInts: true })),
  "node:sqlite with rows as JSON": () => ({
    ...sqlite(new DatabaseSync(":memory:")),
    rowsAs: "json",
  }),
};

for (const [name, open] of Object.entries(HERE)) {
  test(`unusual values are stored alike in every database (${name})`, async () => {
    assertEquals(await storeOddValues(open()), expectedValues(true));
  });
}

for (const intMode of ["number", "bigint", "string"] satisfies IntMode[]) {
  test(`unusual values are stored alike in every database (libSQL, intMode ${intMode})`, async () => {
    const directory = await Deno.makeTempDir();
    const client = createClient({
      url: `file:${directory}/photos.db`,
      intMode,
    });
    try {
      const values = await storeOddValues(libsql(client));
      assertEquals(values, expectedValues(true));
    } finally {
      client.close();
      await Deno.remove(directory, { recursive: true });
    }
  });
}

/** Databases in other runtimes. */
const RUNTIMES: Record<string, () => Promise<{ command: string; env?: Env }>> =
  {
    "bun:sqlite": async () => ({ command: await findBun() }),
    "Node's node:sqlite": async () => ({ command: await findNode() }),
    "better-sqlite3 12 on Node 20": findBetterSqlite3,
  };

for (const [name, find] of Object.entries(RUNTIMES)) {
  for (const integers of ["numbers", "bigints"]) {
    test(`unusual values are stored alike in every database (${name}, ${integers})`, async () => {
      const file = await Deno.makeTempFile({ suffix: ".mjs" });
      try {
        const path = "tests/mirror/inside/odd_values_process.ts";
        await Deno.writeTextFile(file, await bundle(path));
        const { command, env = {} } = await find();
        const text = await run(command, [file, integers], { env });
        assertEquals(JSON.parse(text), expectedValues(true));
      } finally {
        await Deno.remove(file);
      }
    });
  }
}

for (const [place, name] of PLACES) {
  workersTest(
    `unusual values are stored alike in every database (workerd, ${name})`,
    async () => {
      await using workers = await startWorkers();
      const values = await workers.send(place, "odd", null);
      assertEquals(values, expectedValues(false));
    },
  );
}

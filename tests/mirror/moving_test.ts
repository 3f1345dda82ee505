/**
 * A library that changes during streams: the mirror matches the recorded
 * server.
 */
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { Session } from "../../mod.ts";
import { createMirror, type Mirror, sqlite } from "../../src/mirror/mod.ts";
import { keyOf } from "./keys.ts";
import { answering } from "../support/fetch.ts";
import { listNames } from "../support/files.ts";
import { test } from "../support/test.ts";
import { textOf, transcript } from "../support/transcripts.ts";
import {
  isTruth,
  readTruth,
  type Truth,
  type TruthRow,
} from "../support/truth.ts";

const FOLDER = "3.0.3/10-moving";

const names = (await listNames(`transcripts/${FOLDER}`))
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.replace(".json", ""));

/** Columns with JSON. The order of keys in the JSON does not matter. */
const JSON_COLUMNS = ["value", "parameters", "data"];

/** Syncs with the recorded streams that have not been read yet. */
async function sync(mirror: Mirror, streams: string[], userId: string) {
  const session: Session = {
    baseUrl: "https://immich.test",
    accessToken: "token",
    userId,
  };
  const nothingNew = { type: "SyncCompleteV1", data: {}, ack: "" };
  const fetch = answering(({ url }) => {
    if (url.endsWith("/version")) {
      return Response.json({ major: 3, minor: 0, patch: 3 });
    }
    if (!url.endsWith("/stream")) return new Response(null, { status: 204 });
    return new Response(streams.shift() ?? `${JSON.stringify(nothingNew)}\n`);
  });
  await mirror.sync(session, { fetch });
}

/** Returns a table's rows by key, excluding the mirror's own columns. */
function byKey(table: string, rows: TruthRow[]): Record<string, TruthRow> {
  const entries = rows.map(({ batch_number: _, ...row }) => {
    const columns = Object.entries(row).map(([column, value]) => {
      const isText = JSON_COLUMNS.includes(column) && typeof value === "string";
      return [column, isText ? JSON.parse(value) : value];
    });
    return [keyOf(table, row), Object.fromEntries(columns)];
  });
  return Object.fromEntries(entries);
}

async function assertTrue(mirror: Mirror, truth: Truth, name: string) {
  for (const [table, rows] of Object.entries(truth.tables)) {
    const own = await mirror.query<TruthRow>(`SELECT * FROM ${table}`);
    assertEquals(byKey(table, own), byKey(table, rows), `${name}: ${table}`);
  }
  const timeline = await mirror.query("SELECT id FROM timeline ORDER BY id");
  assertEquals(timeline.map(({ id }) => id), truth.timeline, name);
  const albums = await mirror.query(
    `SELECT id, name, count(*) AS assets FROM albums
     JOIN (SELECT album_id FROM album_timeline) ON album_id = id
     GROUP BY id ORDER BY id`,
  );
  const shown = albums.map(({ id, name, assets }) => ({ id, name, assets }));
  const expected = truth.albums.toSorted((a, b) => a.id < b.id ? -1 : 1);
  assertEquals(shown as unknown, expected, `${name}: albums`);
}

test("a mirror matches the real server's database after each step of a recording", async () => {
  const { userId } = await readTruth(`${FOLDER}/${names.find(isTruth)}`);
  const database = sqlite(new DatabaseSync(":memory:"));
  const mirror = await createMirror(database, { userId });
  const streams: string[] = [];
  let truths = 0;
  for (const name of names) {
    if (!isTruth(name)) {
      const exchange = await transcript(`${FOLDER}/${name}`);
      if (exchange.request.path !== "/api/sync/stream") continue;
      streams.push(textOf(exchange));
      continue;
    }
    while (streams.length > 0) await sync(mirror, streams, userId);
    await assertTrue(mirror, await readTruth(`${FOLDER}/${name}`), name);
    assertEquals(await mirror.check(), {
      ok: true,
      orphans: {},
      unreachable: {},
      duplicates: {},
      excess: {},
    });
    truths++;
  }
  assert(truths === 5);
});

/** The fake reproduces a recording of a library that changes during streams. */
import { assertEquals } from "@std/assert";
import { FakeImmich, type SnapshotTable } from "../../src/testing/mod.ts";
import { keyOf } from "../mirror/keys.ts";
import { listNames } from "../support/files.ts";
import { test } from "../support/test.ts";
import {
  linesOf,
  type Transcript,
  transcript,
} from "../support/transcripts.ts";
import { isTruth, readTruth } from "../support/truth.ts";
import { repeatCall } from "./calls.ts";
import { Replay } from "./replay.ts";

interface Line {
  type: string;
  data: Record<string, unknown>;
  ack: string;
}

const FOLDER = "3.0.3/10-moving";

/** The original values of rows that changed during the first stream. */
const BEFORE: Record<string, Record<string, unknown>> = {
  AlbumV2: { name: "Before" },
  AssetV2: { isFavorite: false },
  MemoryV1: { isSaved: false },
  PersonV1: { name: "Carla" },
};

/**
 * Returns the library before the recording: the rows sent in the first stream,
 * and the rows omitted from it.
 */
function recordingOf(first: Transcript, next: Transcript): string {
  const sent = linesOf(first) as Line[];
  const place =
    sent.find(({ type }) => type === "PartnerV1")!.ack.split("|")[1];
  const leftOut = (linesOf(next) as Line[]).filter(({ type }) => type in BEFORE)
    .map(({ type, data }) => ({
      type,
      data: { ...data, ...BEFORE[type] },
      ack: `${type}|${place}`,
    }));
  return [sent[0], ...leftOut, ...sent.slice(1)]
    .map((line) => JSON.stringify(line)).join("\n");
}

/**
 * Repeats the changes that were made between the second and third streams:
 * creates an album and deletes an asset.
 */
function changeUnseen(
  { library }: FakeImmich,
  third: Transcript,
  fourth: Transcript,
): void {
  const lines = linesOf(third) as Line[];
  const [album] = (linesOf(fourth) as Line[]).map(({ data }) => data);
  const assetIds = lines.filter(({ type }) => type === "AlbumToAssetV1")
    .map(({ data }) => String(data.assetId));
  library.addAlbum({ ...album, name: "New" }, assetIds);
  const deleted = lines.find(({ type }) => type === "AssetDeleteV1")!.data;
  library.deleteAsset(String(deleted.assetId));
}

/**
 * Compares the keys of all rows with the keys in the real server's database.
 */
async function assertHolds(server: FakeImmich, name: string): Promise<void> {
  const snapshot = server.snapshot();
  const { tables } = await readTruth(`${FOLDER}/${name}`);
  for (const [table, rows] of Object.entries(tables)) {
    const own = [...snapshot[SNAPSHOT_TABLES[table]!].keys()];
    const expected = rows.map((row) => keyOf(table, row));
    assertEquals(own.sort(), expected.sort(), `${name}: ${table}`);
  }
}

/** Table names in the recording and in a snapshot. */
const SNAPSHOT_TABLES: Record<string, SnapshotTable> = {
  auth_users: "authUsers",
  users: "users",
  user_metadata: "userMetadata",
  partners: "partners",
  assets: "assets",
  exif: "exifs",
  asset_edits: "edits",
  asset_metadata: "assetMetadata",
  asset_ocr: "ocr",
  stacks: "stacks",
  albums: "albums",
  album_users: "albumUsers",
  album_assets: "albumAssets",
  memories: "memories",
  memory_assets: "memoryAssets",
  people: "people",
  faces: "faces",
};

test("changes during a stream affect the fake as they affected a real 3.0.3 server", async () => {
  const names = (await listNames(`transcripts/${FOLDER}`))
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.replace(".json", ""));
  const stream = (name: string) => transcript(`${FOLDER}/${name}`);
  const [first, second, third, fourth] = await Promise.all([
    stream("005-from-zero-while-parents-change"),
    stream("007-next"),
    stream("011-changes-while-a-new-album-is-renamed"),
    stream("013-next-2"),
  ]);
  const server = new FakeImmich({
    version: { major: 3, minor: 0, patch: 3 },
    recording: recordingOf(first, second),
    now: () => Date.parse("2026-11-26T23:26:45.000Z"),
  });
  const replay = new Replay(server);
  const calls: Transcript[] = [];
  for (const name of names) {
    if (isTruth(name)) {
      await assertHolds(server, name);
      continue;
    }
    const exchange = await transcript(`${FOLDER}/${name}`);
    const { path } = exchange.request;
    if (path === "/api/sync/ack") await replay.ask(exchange);
    else if (path !== "/api/sync/stream") calls.push(exchange);
    else {
      if (exchange.name === third.name) changeUnseen(server, third, fourth);
      // The real server was paused at `PartnersV1` until the changes were made.
      const isHeld = name.includes("while");
      for (const call of calls.splice(0)) {
        const change = () => repeatCall(server.library, call);
        if (isHeld) server.changeDuringStream({ before: "PartnersV1" }, change);
        else change();
      }
      await replay.stream(exchange);
    }
  }
});

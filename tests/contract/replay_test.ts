/** The fake reproduces recorded sequences of requests. */
import { assert, assertEquals } from "@std/assert";
import type { SyncAssetOcrV1, SyncAssetV2 } from "../../mod.ts";
import { FakeImmich, type FakeLibrary } from "../../src/testing/mod.ts";
import { test } from "../support/test.ts";
import {
  linesOf,
  textOf,
  type Transcript,
  transcript,
  transcripts,
} from "../support/transcripts.ts";
import { repeatCall } from "./calls.ts";
import { Replay } from "./replay.ts";

const VERSIONS = {
  "2.7.5": { major: 2, minor: 7, patch: 5 },
  "3.1.0": { major: 3, minor: 1, patch: 0 },
};

type Version = keyof typeof VERSIONS;

/**
 * Calls that took effect late, each with the call after which it took effect.
 * Jobs delete assets one by one, and write metadata changes to the file.
 */
const LATER: Record<Version, [call: string, after: string][]> = {
  "2.7.5": [["update-asset-in-shared-album", "delete-user-dave"]],
  "3.1.0": [
    ["admin-delete-permanently", "album-remove-assets"],
    ["update-asset-in-shared-album", "delete-user-dave"],
  ],
};

/** A time within the recordings. */
const now = () => Date.parse("2026-11-23T09:00:00.000Z");

function serverOf(version: Version, recording: string): FakeImmich {
  return new FakeImmich({ version: VERSIONS[version], recording, now });
}

/**
 * Returns two lists of recorded calls: the calls made before the second stream,
 * and the calls made between the second and third streams.
 */
async function roundsOf(
  version: Version,
): Promise<[Transcript[], Transcript[]]> {
  const calls = await transcripts(`${version}/04-mutations-1`);
  const indexOf = (call: string) =>
    calls.findIndex(({ name }) => name === call);
  for (const [call, after] of LATER[version]) {
    const [later] = calls.splice(indexOf(call), 1);
    calls.splice(indexOf(after) + 1, 0, later!);
  }
  const second = calls.splice(indexOf("admin-reshares-partner-bob"));
  return [calls, second];
}

/**
 * Returns the rows of the first stream, and another user's album that is shared
 * later.
 */
async function recordingOf(version: Version): Promise<string> {
  const exchanges = await transcripts(`${version}/03-sync-admin`);
  const linesIn = (stream: string) =>
    textOf(exchanges.find(({ name }) => name === stream)!).split("\n");
  const later = linesIn("backfill-1-unacked");
  const rows = later.filter((line) => /^.{9}\w+BackfillV/.test(line));
  const albums = later.filter((line) => line.includes('"AlbumV1"'));
  const { albumId, place } = rows.map((line) => JSON.parse(line))
    .map(({ data, ack }) => ({ ...data, place: ack.split("|").at(-1) }))
    .find((row) => row.albumId !== undefined);
  const album = albums.map((line) => JSON.parse(line))
    .find(({ data }) => data.id === albumId);
  // Sharing the album changed the position of its row. Before, the row was next
  // to the album's other rows.
  const before = JSON.stringify({ ...album, ack: `AlbumV1|${place}` });
  return [...linesIn("initial-all"), before, ...rows].join("\n");
}

for (const version of ["2.7.5", "3.1.0"] as const) {
  test(`the fake reports recorded changes as the real ${version} server does`, async () => {
    const server = serverOf(version, await recordingOf(version));
    const replay = new Replay(server);
    const [first, second] = await roundsOf(version);
    const { library } = server;
    let streams = 0;
    for (const exchange of await transcripts(`${version}/03-sync-admin`)) {
      const { name, request: { method, path } } = exchange;
      if (name === "incremental-1") {
        for (const call of first) {
          repeatCall(library, call);
          if (/edits$/.test(call.name)) renderAgain(library, call, exchange);
        }
        readTextsAgain(library, exchange);
      } else if (name === "backfill-1-unacked") {
        for (const call of second) repeatCall(library, call);
      }
      if (path.endsWith("/stream")) {
        await replay.stream(exchange);
        streams++;
      } else if (method === "GET") await replay.checkpoints(exchange);
      else await replay.ask(exchange);
    }
    assert(streams >= 7, `${streams} streams were compared`);
    assertEquals(server.openStreams, 0);
  });
}

/** After an edit, a job renders the picture again and stores the new size. */
function renderAgain(
  library: FakeLibrary,
  { request: { path } }: Transcript,
  stream: Transcript,
): void {
  for (const event of linesOf(stream)) {
    const { type, data } = event as { type: string; data: SyncAssetV2 };
    if (!/^AssetV\d$/.test(type) || !path.includes(data.id)) continue;
    const { id, width, height, thumbhash } = data;
    library.updateAsset(id, { width, height, thumbhash });
  }
}

/**
 * OCR texts were changed directly in the database, so there is no call to
 * repeat.
 */
function readTextsAgain(library: FakeLibrary, stream: Transcript): void {
  for (const event of linesOf(stream)) {
    const { type, data } = event as { type: string; data: SyncAssetOcrV1 };
    if (type === "AssetOcrDeleteV1") library.deleteOcr(data.assetId);
    if (type === "AssetOcrV1") library.updateOcr(data.id, data);
  }
}

test("the fake handles the resets recorded with 3.1.0 like the real server", async () => {
  const folder = "3.1.0/06-reset";
  const full = await transcript(`${folder}/015-after-reset-full`);
  const server = serverOf("3.1.0", textOf(full));
  const replay = new Replay(server);
  const named = (name: string) => transcript(`${folder}/${name}`);
  const stream = async (changes: object = {}) => {
    const body = { ...JSON.parse(full.request.body!), ...changes };
    const { path } = full.request;
    const answer = await replay.send("POST", path, JSON.stringify(body));
    return await answer.text();
  };

  replay.matchAcks(await named("002-ack-all"), await stream());
  await replay.ask(await named("002-ack-all"));
  // Not recorded: the stream that starts from the beginning because of `reset: true`.
  const again = await stream({ reset: true });
  await replay.checkpoints(await named("004-ack-get-after-reset-true"));
  assert(again.includes("SyncCompleteV1"));
  await replay.ask(await named("005-ack-all-2"));

  const sessions = await (await replay.send("GET", "/api/sessions")).text();
  const [{ id }] = JSON.parse(sessions);
  const path = `/api/sessions/${id}`;
  const pending = async (name: string) => {
    const { request } = await named(name);
    await (await replay.send(request.method, path, request.body)).text();
  };
  await pending("007-session-set-pending-reset");
  await replay.stream(await named("008-pending-reset-stream"));
  await replay.stream(await named("009-pending-reset-stream-again"));
  await replay.ask(await named("010-other-ack-while-pending"));
  await replay.stream(await named("011-still-pending"));
  await replay.checkpoints(await named("012-ack-get-while-pending"));
  await replay.ask(await named("013-ack-SyncResetV1"));
  await replay.checkpoints(await named("014-ack-get-after-reset-ack"));
  await replay.stream(full);
  await replay.ask(await named("016-ack-all-3"));

  await pending("017-session-set-pending-reset-2");
  // Not recorded: requesting a reset also acknowledges a pending one.
  assert(!(await stream({ reset: true })).includes("SyncResetV1"));
  await replay.ask(await named("019-ack-stale-complete"));
  await replay.stream(await named("020-stale-complete-gives-reset"));
  await replay.stream(await named("021-stale-complete-gives-reset-again"));

  // Not recorded: how the session left this state.
  assert(!(await stream({ reset: true })).includes("SyncResetV1"));
  await replay.ask(await named("023-ack-all-4"));
  await replay.ask(await named("024-ack-mixed-with-reset"));
  await replay.checkpoints(await named("025-ack-get-after-mixed"));
});

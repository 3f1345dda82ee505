/** Rows that would break a local copy end a run, or are skipped. */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  ProtocolError,
  sync,
  syncBatches,
  type SyncOptions,
  syncStream,
} from "../../mod.ts";
import { answering, answeringLines, drain, SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";

const DEEP = "[".repeat(20_000) + "]".repeat(20_000);

/** Bad rows that could be created by another user of the server. */
const BAD_ROWS: Record<string, string> = {
  "without its key": '{"ownerId":"a"}',
  "with a null key": '{"id":null}',
  "with an object as a number": '{"id":"b","width":{"toString":1,"valueOf":1}}',
  "with an array as a boolean": '{"id":"b","isFavorite":[]}',
  "with JSON 20,000 levels deep": `{"id":"b","checksum":${DEEP}}`,
};

const line = (data: string, ack: string) =>
  `{"type":"AssetV2","data":${data},"ack":"AssetV2|${ack}"}\n`;

/** Two good rows around a bad one. */
const bodyWith = (bad: string) =>
  line('{"id":"a"}', "1") + line(bad, "2") + line('{"id":"c"}', "3") +
  '{"type":"SyncCompleteV1","data":{},"ack":"SyncCompleteV1|4"}\n';

/** Returns what a run with a bad row stores and acknowledges. */
async function run(bad: string, options: SyncOptions = {}, checksRows = false) {
  const stored: unknown[] = [];
  const acks: string[] = [];
  const lines = answeringLines(bodyWith(bad));
  const fetch = answering(async (request) => {
    if (request.url.endsWith("/sync/stream")) {
      return await lines(request.url, {});
    }
    acks.push(...(await request.json()).acks);
    return new Response(null, { status: 204 });
  });
  const { result, error } = await sync(SESSION, ["AssetsV2"], {
    process: ({ events }) => void stored.push(...events.map(({ ack }) => ack)),
    reset() {},
    checksRows,
  }, { fetch, serverVersion: false, ...options }).then(
    (result) => ({ result, error: undefined }),
    (error: unknown) => ({ result: undefined, error }),
  );
  return { stored, acks, result, error };
}

for (const [name, bad] of Object.entries(BAD_ROWS)) {
  test(`a row ${name} ends the run with an error that states the row's position`, async () => {
    const { stored, acks, error } = await run(bad);
    assertInstanceOf(error, ProtocolError);
    const { line, byteOffset, message } = error;
    const first = bodyWith(bad).indexOf("\n") + 1;
    assertEquals([line, byteOffset], [2, first]);
    assert(
      /line 2 at byte \d+ is not a valid AssetV2: /.test(message),
      message,
    );
    assertEquals([stored, acks], [["AssetV2|1"], ["AssetV2|1"]]);
  });

  test(`a row ${name} is skipped if the run skips bad rows`, async () => {
    const { stored, acks, result } = await run(bad, { onPoison: "skip" });
    assertEquals(result?.skipped, 1);
    assertEquals(stored, ["AssetV2|1", "AssetV2|3"]);
    assertEquals(acks, ["AssetV2|3", "SyncCompleteV1|4"]);
  });

  test(`a row ${name} is passed to a processor that checks rows itself`, async () => {
    const { stored, result } = await run(bad, {}, true);
    assertEquals(result?.skipped, 0);
    assertEquals(stored, ["AssetV2|1", "AssetV2|2", "AssetV2|3"]);
  });
}

test("a bad row ends a loop over batches", async () => {
  const fetch = answering(({ url }) =>
    url.endsWith("/sync/stream")
      ? answeringLines(bodyWith("{}"))(url, {})
      : new Response(null, { status: 204 })
  );
  const batches = syncBatches(SESSION, ["AssetsV2"], {
    fetch,
    serverVersion: false,
  });
  const { value } = await batches.next();
  assertEquals("events" in value && value.events.length, 1);
  const error = await batches.next().catch((error) => error);
  assertInstanceOf(error, ProtocolError);
});

test("syncStream checks rows only if requested", async () => {
  const fetch = answeringLines(bodyWith("{}"));
  const open = (checkRows: boolean) =>
    syncStream(SESSION, ["AssetsV2"], { fetch, checkRows });
  assertEquals((await drain(await open(false))).items.length, 4);
  const { items, error } = await drain(await open(true));
  assertEquals(items.length, 1);
  assertInstanceOf(error, ProtocolError);
});

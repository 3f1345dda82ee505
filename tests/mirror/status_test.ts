/** What a mirror reports about itself. */
import { assertEquals } from "@std/assert";
import { test } from "../support/test.ts";
import { openFixture } from "./fixture.ts";

test("mirror.status() reports rows, events and the times of the last runs", async () => {
  let time = 1000;
  const { server, sync, mirror } = await openFixture({ now: () => time });
  server.library.addAsset();
  server.library.addAlbum();
  await sync();
  time = 2000;
  await sync();
  const { rows, events, ...rest } = await mirror.status();
  assertEquals([rows.assets, rows.albums, rows.faces], [1, 1, 0]);
  assertEquals([events.AssetV2, events.AlbumV2], [1, 1]);
  assertEquals(rest, {
    schemaVersion: 1,
    lastRunAt: 2000,
    lastFullAt: 1000,
    fullStartedAt: null,
    skippedRows: {},
    skippedValues: {},
  });
});

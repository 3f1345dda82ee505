/**
 * The steps of the removals benchmark.
 *
 * @module
 */
import { supportedSyncTypes, type SyncEntityType } from "../../mod.ts";
import { createMirror, type MirrorDatabase } from "../../src/mirror/mod.ts";
import { generateBatches, type Samples } from "./rows.ts";

/** Number of assets owned by the partner who stops sharing. */
const PARTNER_ASSETS = 1_000;

/** Number of assets in the album that is deleted. */
const ALBUM_ASSETS = 99;

/** A step and its name. A step whose name starts with a dash is not measured. */
export type Step = [name: string, work: () => Promise<unknown>];

/** Returns the steps, in order, for a mirror with a given number of assets. */
export async function toSteps(
  database: MirrorDatabase,
  samples: Samples,
  assets: number,
): Promise<Step[]> {
  const userId = samples.assets[0]!.ownerId;
  const mirror = await createMirror(database, { userId });
  let acks = 0;

  async function send(type: SyncEntityType, rows: object[]): Promise<void> {
    const events = rows.map((data) => {
      return { type, data, ack: `${type}|${++acks}` };
    });
    await mirror.process({ type, events } as never);
  }
  const types = supportedSyncTypes({ major: 3, minor: 1, patch: 0 });
  async function begin(full: boolean): Promise<void> {
    await mirror.begin({ full, startedAt: acks, types });
  }
  async function end(): Promise<void> {
    await mirror.end({
      full: false,
      startedAt: acks,
      types,
      quiet: true,
      snapshot: false,
    });
  }
  /** Creates rows that belong to another user. */
  const ofOther = (ownerId: string, count: number) =>
    Array.from({ length: count }, (_, i) => {
      return { ...samples.assets[0]!, id: `${ownerId}-${i}`, ownerId };
    });
  /** Sends all rows except every `without`th one. */
  async function sendLibrary(without = Infinity): Promise<void> {
    for (const { type, events } of generateBatches(samples, assets)) {
      const rows = events.map(({ data }) => data);
      await send(type, rows.filter((_, i) => i % without !== without - 1));
    }
  }
  const share = { sharedById: "partner", sharedWithId: userId };
  async function sendShares(): Promise<void> {
    await send("PartnerV1", [{ ...share, inTimeline: true }]);
    await send("PartnerAssetV2", ofOther("partner", PARTNER_ASSETS));
    const shown = ofOther("stranger", ALBUM_ASSETS);
    await send("AlbumAssetCreateV2", shown);
    await send("AlbumV2", [{ id: "album" }]);
    const contents = shown.map(({ id }) => ({ albumId: "album", assetId: id }));
    await send("AlbumToAssetV1", contents);
  }
  async function syncNothing(): Promise<void> {
    await begin(false);
    await end();
  }
  const sync = (type: SyncEntityType, data: object) => async () => {
    await begin(false);
    await send(type, [data]);
    await end();
  };
  const [first] = generateBatches(samples, 1_000);
  const { id: assetId } = first!.events[0]!.data as { id: string };
  const page = "SELECT * FROM timeline ORDER BY local_date_time DESC LIMIT 50";
  return [
    ["- first full sync", async () => {
      await begin(true);
      await sendLibrary();
      await sendShares();
    }],
    ["end of the first full sync", end],
    ["sync without changes", syncNothing],
    ["sync with one asset deleted", sync("AssetDeleteV1", { assetId })],
    [
      `sync with an album of ${ALBUM_ASSETS} assets deleted`,
      sync("AlbumDeleteV1", { albumId: "album" }),
    ],
    ["- partner leaves and returns", async () => {
      await begin(false);
      await send("PartnerDeleteV1", [share]);
      await send("PartnerV1", [{ ...share, inTimeline: true }]);
      const rows = ofOther("partner", PARTNER_ASSETS);
      await send("PartnerAssetBackfillV2", rows.slice(1));
      await end();
    }],
    [
      `sync after the return of a partner with ${PARTNER_ASSETS} assets`,
      syncNothing,
    ],
    [
      `sync after the departure of a partner with ${PARTNER_ASSETS} assets`,
      sync("PartnerDeleteV1", share),
    ],
    ["page of the timeline, 50 rows", () => mirror.query(page)],
    ["- full sync without 1% of the rows", async () => {
      await begin(true);
      await sendLibrary(100);
    }],
    ["end of a full sync that removes 1% of rows", end],
  ];
}

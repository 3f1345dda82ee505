/** Every entity type that the server sends because of a user's actions. */
import { createChildSession, syncAck, type SyncEvent } from "@immich-edge/sync";
import { assertEquals } from "@std/assert";
import type { Account } from "../account.ts";
import { type Check, check } from "../check.ts";
import { kindsOf, readStream, settle } from "../streams.ts";

/**
 * The entity types in a first stream of all request types, without their
 * versions. Text boxes are missing, because only machine learning creates them.
 */
const UPSERTS = [
  "AlbumAssetCreate",
  "AlbumAssetExifCreate",
  "Album",
  "AlbumToAsset",
  "AlbumUser",
  "AssetExif",
  "AssetFace",
  "AssetMetadata",
  "Asset",
  "AuthUser",
  "Memory",
  "MemoryToAsset",
  "PartnerAssetExif",
  "PartnerAsset",
  "Partner",
  "PartnerStack",
  "Person",
  "Stack",
  "UserMetadata",
  "User",
];

/**
 * What is sent after another user has begun to share, and shared assets have changed.
 */
const SHARES = [
  "AlbumAssetBackfill",
  "AlbumAssetExifBackfill",
  "AlbumAssetExifUpdate",
  "AlbumAssetUpdate",
  "AlbumToAssetBackfill",
  "AlbumUserBackfill",
  "PartnerAssetBackfill",
  "PartnerAssetExifBackfill",
  "PartnerStackBackfill",
];

/** What is sent after everything has been deleted. */
const DELETES = [
  "AlbumDelete",
  "AlbumToAssetDelete",
  "AlbumUserDelete",
  "AssetDelete",
  "AssetFaceDelete",
  "AssetMetadataDelete",
  "MemoryDelete",
  "MemoryToAssetDelete",
  "PartnerAssetDelete",
  "PartnerDelete",
  "PartnerStackDelete",
  "PersonDelete",
  "StackDelete",
  "UserDelete",
  "UserMetadataDelete",
];

export const TYPE_CHECKS: readonly Check[] = [
  check("every kind of row, backfill and delete is sent", async (stage) => {
    const me = await stage.addAccount("types-me");
    const partner = await stage.addAccount("types-partner");
    const late = await stage.addAccount("types-late");
    const leaver = await stage.addAccount("types-leaver");
    const { types, signal } = stage;
    const session = await createChildSession(me.session, { signal });
    const hasEdits = types.includes("AssetEditsV1");

    async function read(): Promise<SyncEvent[]> {
      await settle(stage, me);
      const events = await readStream(session, types, { signal });
      await syncAck(session, events, { signal });
      return events;
    }

    // A backfill contains only rows that are older than rows already sent.
    const lateOnes = await addEverything(late, hasEdits);
    await late.shareAlbum(lateOnes.album, partner.id);
    await settle(stage, late);
    const own = await addEverything(me, hasEdits);
    const theirs = await addEverything(partner, hasEdits);
    await partner.addPartner(me.id);
    await partner.shareAlbum(theirs.album, me.id);
    await me.shareAlbum(own.album, partner.id);
    assertSent(await read(), [...UPSERTS, ...(hasEdits ? ["AssetEdit"] : [])]);

    await late.addPartner(me.id);
    await late.shareAlbum(lateOnes.album, me.id);
    const description = crypto.randomUUID();
    await me.call("PUT", `/assets/${own.assets[0]}`, { description });
    assertSent(await read(), SHARES);

    // A delete is sent only to users who can still see the parent.
    await deleteParts(me, own, hasEdits);
    await me.call("DELETE", `/albums/${own.album}/user/${partner.id}`);
    await deleteObjects(partner, theirs);
    const events = await read();
    await deleteObjects(me, own);
    await me.call("DELETE", "/users/me/onboarding");
    await partner.call("DELETE", `/partners/${me.id}`);
    await stage.deleteAccount(leaver);
    const edits = hasEdits ? ["AssetEditDelete"] : [];
    assertSent([...events, ...await read()], [...DELETES, ...edits]);
    return "Text boxes (AssetOcr) are not checked: only machine learning creates them.";
  }),
];

/** The ids of one object of each kind. */
interface Everything {
  assets: string[];
  album: string;
  stack: string;
  memory: string;
  person: string;
}

async function addEverything(
  user: Account,
  hasEdits: boolean,
): Promise<Everything> {
  const assets = await user.uploadMany(4);
  const [first = "", second = "", third = ""] = assets;
  const person = await user.create("/people", { name: "Ada" });
  await user.addFace(second, person);
  await user.call("PUT", `/assets/${second}/metadata`, {
    items: [{ key: "live.note", value: { text: "…" } }],
  });
  if (hasEdits) {
    await user.call("PUT", `/assets/${second}/edits`, {
      edits: [{ action: "rotate", parameters: { angle: 90 } }],
    });
  }
  await user.call("PUT", "/users/me/onboarding", { isOnboarded: true });
  const album = await user.addAlbum("Album", [first, second]);
  const stack = await user.create("/stacks", { assetIds: [first, third] });
  const memory = await user.create("/memories", {
    type: "on_this_day",
    data: { year: 2024 },
    memoryAt: "2025-01-15T00:00:00.000Z",
    assetIds: [first, second],
  });
  return { assets, album, stack, memory, person };
}

/** Deletes what belongs to an asset, and removes it from its album and memory. */
async function deleteParts(
  user: Account,
  { assets: [, second = ""], album, memory }: Everything,
  hasEdits: boolean,
): Promise<void> {
  const faces = await user.call<{ id: string }[]>("GET", `/faces?id=${second}`);
  for (const { id } of faces) {
    await user.call("DELETE", `/faces/${id}`, { force: true });
  }
  await user.call("DELETE", `/assets/${second}/metadata/live.note`);
  if (hasEdits) await user.call("DELETE", `/assets/${second}/edits`);
  await user.call("DELETE", `/memories/${memory}/assets`, { ids: [second] });
  await user.call("DELETE", `/albums/${album}/assets`, { ids: [second] });
}

async function deleteObjects(
  user: Account,
  { assets, album, stack, memory, person }: Everything,
): Promise<void> {
  await user.call("DELETE", `/memories/${memory}`);
  await user.call("DELETE", `/stacks/${stack}`);
  await user.call("DELETE", `/people/${person}`);
  await user.call("DELETE", `/albums/${album}`);
  await user.deleteForever(assets.at(-1)!);
}

/** Asserts that events contain at least the given kinds. */
function assertSent(
  events: readonly SyncEvent[],
  expected: readonly string[],
): void {
  const kinds = kindsOf(events);
  const missing = expected.filter((kind) => !kinds.has(kind));
  assertEquals(missing, [], `Not sent: ${missing.join(", ")}`);
}

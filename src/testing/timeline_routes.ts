/**
 * The endpoints for timelines.
 *
 * @module
 */
import { type Caller, callerOf, forbidden } from "./caller.ts";
import type { Exchange } from "./exchange.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";

type Asset = Tables["assets"];

/** `GET /timeline/buckets` */
export function readBuckets(exchange: Exchange): Response {
  const months = assetsOf(callerOf(exchange)).map(monthOf);
  const buckets = [...new Set(months)].sort().reverse().map((timeBucket) => ({
    timeBucket,
    count: months.filter((month) => month === timeBucket).length,
  }));
  return exchange.state.responses.json(buckets);
}

/** `GET /timeline/bucket` */
export function readBucket(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const month = caller.query.get("timeBucket");
  const assets = assetsOf(caller).filter((asset) => monthOf(asset) === month);
  return exchange.state.responses.json({
    id: assets.map(({ id }) => id),
    ownerId: assets.map(({ ownerId }) => ownerId),
  });
}

/** Returns whether a user can see an asset in albums or timelines. */
export function canSeeAsset(caller: Caller, asset: Asset): boolean {
  const { store, userId } = caller;
  if (asset.ownerId === userId) return true;
  if (!isVisible(asset)) return false;
  const share = store.find("partners", `${asset.ownerId}/${userId}`);
  return share !== undefined ||
    store.where("albumAssets", { assetId: asset.id })
      .some(({ albumId }) => canSeeAlbum(caller, albumId));
}

/** Returns whether a user can see an album. */
export function canSeeAlbum(
  { store, userId }: Caller,
  albumId: string,
): boolean {
  return store.find("albumUsers", `${albumId}/${userId}`) !== undefined;
}

/** Returns whether an asset is visible at all: neither in the trash nor hidden. */
export function isVisible({ deletedAt, visibility }: Asset): boolean {
  return deletedAt === null && ["timeline", "archive"].includes(visibility);
}

/** Returns the visible assets among those that the entries of a group name. */
export function visibleAssets(
  store: Store,
  entries: readonly { assetId: string }[],
): Asset[] {
  return entries
    .flatMap(({ assetId }) => store.find("assets", assetId)?.data ?? [])
    .filter(isVisible);
}

/** Returns the visible assets of an album, or of the user and the user's partners. */
function assetsOf(caller: Caller): Asset[] {
  const { store, userId, query } = caller;
  const albumId = query.get("albumId");
  if (albumId !== null) {
    if (!canSeeAlbum(caller, albumId)) throw forbidden("album.read");
    return visibleAssets(store, store.where("albumAssets", { albumId }));
  }
  const partners = query.get("withPartners") === "true"
    ? store.where("partners", { sharedWithId: userId, inTimeline: true })
      .map(({ sharedById }) => store.find("users", sharedById)?.data)
      .filter((user) => user?.deletedAt === null)
    : [];
  const owners = [userId, ...partners.flatMap((user) => user?.id ?? [])];
  const visibility = query.get("visibility");
  return owners.flatMap((ownerId) => store.where("assets", { ownerId }))
    .filter((asset) =>
      isVisible(asset) &&
      (visibility === null || asset.visibility === visibility) &&
      (query.get("withStacked") !== "true" || isOnTop(caller, asset))
    );
}

/** Returns whether an asset is its stack's primary asset or is not in a stack. */
function isOnTop({ store }: Caller, { id, stackId }: Asset): boolean {
  const stack = store.find("stacks", stackId ?? "")?.data;
  return stack === undefined || stack.primaryAssetId === id;
}

function monthOf({ localDateTime }: Asset): string {
  return `${localDateTime?.slice(0, 7)}-01`;
}

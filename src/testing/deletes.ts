/**
 * Selects the deletes in a user's stream.
 *
 * @module
 */
import type { SyncEventData } from "../protocol/mod.ts";
import type { AuditRow, DeleteType, Store } from "./store.ts";
import type { Candidate, View } from "./view.ts";

type Audience<D extends DeleteType> = (
  view: View,
  data: SyncEventData[D],
  row: AuditRow,
) => boolean;

const AUDIENCES: { readonly [D in DeleteType]: Audience<D> } = {
  UserDeleteV1: () => true,
  PartnerDeleteV1: (view, { sharedById, sharedWithId }) =>
    view.owns(sharedById) || view.owns(sharedWithId),
  AssetDeleteV1: toOwner,
  StackDeleteV1: toOwner,
  PartnerAssetDeleteV1: toOwner,
  PartnerStackDeleteV1: toOwner,
  AlbumDeleteV1: toOwner,
  AlbumUserDeleteV1: (view, { albumId }) => view.seesAlbum(albumId),
  AlbumToAssetDeleteV1: (view, { albumId }) => view.seesAlbum(albumId),
  AssetOcrDeleteV1: (view, { assetId }) => view.ownsAsset(assetId),
  MemoryDeleteV1: toOwner,
  MemoryToAssetDeleteV1: (view, { memoryId }) => view.ownsMemory(memoryId),
  PersonDeleteV1: toOwner,
  AssetFaceDeleteV1: toOwnerOfAsset,
  UserMetadataDeleteV1: toOwner,
  AssetMetadataDeleteV1: (view, { assetId }) => view.ownsAsset(assetId),
  AssetEditDeleteV1: toOwnerOfAsset,
};

/**
 * Maps each type of delete for partners' rows to the type of delete that is
 * sent to the rows' owners.
 */
const OF_PARTNERS: { readonly [D in DeleteType]?: DeleteType } = {
  PartnerAssetDeleteV1: "AssetDeleteV1",
  PartnerStackDeleteV1: "StackDeleteV1",
};

/** Returns the deletes of a given type that are visible to a user. */
export function deletes<D extends DeleteType>(
  store: Store,
  view: View,
  type: D,
): Candidate[] {
  const audience: Audience<D> = AUDIENCES[type];
  const visible = store.audits(type).filter((row) =>
    audience(view, row.data as SyncEventData[D], row)
  );
  const source = OF_PARTNERS[type];
  if (source === undefined) return visible;
  const others = store.audits(source).filter(({ userId }) =>
    view.hasPartner(userId)
  );
  return [...visible, ...others];
}

function toOwner(view: View, _: unknown, { userId }: AuditRow): boolean {
  return view.owns(userId);
}

/** Selects the asset's owner. If the asset was also deleted, the delete is not sent. */
function toOwnerOfAsset(
  view: View,
  _: unknown,
  { assetId, userId }: AuditRow,
): boolean {
  return assetId === undefined ? view.owns(userId) : view.ownsAsset(assetId);
}

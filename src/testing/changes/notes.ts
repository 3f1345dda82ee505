/**
 * Changes to an asset's metadata entries, edits and text boxes.
 *
 * @module
 */
import type { SyncAssetEditV1, SyncAssetOcrV1 } from "../../protocol/mod.ts";
import type { Store } from "../store.ts";
import { change, find } from "./actor.ts";

/** Sets a metadata entry for an asset. */
export function setMetadata(
  store: Store,
  assetId: string,
  key: string,
  value: Record<string, unknown>,
): void {
  find(store, "assets", assetId);
  store.put("assetMetadata", { assetId, key, value });
}

/** Deletes a metadata entry from an asset. */
export function deleteMetadata(
  store: Store,
  assetId: string,
  key: string,
): void {
  const entry = find(store, "assetMetadata", `${assetId}/${key}`);
  store.drop("assetMetadata", [entry]);
  store.audit("AssetMetadataDeleteV1", { assetId, key });
}

/** Replaces the edits of an asset. */
export function editAsset(
  store: Store,
  assetId: string,
  edits: readonly Partial<SyncAssetEditV1>[],
): void {
  const { isEdited } = find(store, "assets", assetId);
  const former = store.where("edits", { assetId })
    .sort((a, b) => a.sequence - b.sequence);
  store.drop("edits", former);
  for (const { id } of former) {
    store.audit("AssetEditDeleteV1", { editId: id }, { assetId });
  }
  for (const [sequence, edit] of edits.entries()) {
    const id = crypto.randomUUID();
    const none = { action: "rotate", parameters: { angle: 90 } } as const;
    store.put("edits", { id, assetId, sequence, ...none, ...edit });
  }
  if (isEdited || edits.length > 0) {
    change(store, "assets", assetId, { isEdited: edits.length > 0 });
  }
}

/** Adds a text box to an asset. */
export function addOcr(
  store: Store,
  assetId: string,
  ocr: Partial<SyncAssetOcrV1>,
): SyncAssetOcrV1 {
  find(store, "assets", assetId);
  return store.put("ocr", {
    id: crypto.randomUUID(),
    x1: 0.1,
    y1: 0.1,
    x2: 0.5,
    y2: 0.1,
    x3: 0.5,
    y3: 0.2,
    x4: 0.1,
    y4: 0.2,
    text: "",
    boxScore: 1,
    textScore: 1,
    isVisible: true,
    ...ocr,
    assetId,
  });
}

/** Deletes all text boxes from an asset. */
export function deleteOcr(store: Store, assetId: string): void {
  find(store, "assets", assetId);
  const texts = store.where("ocr", { assetId });
  store.drop("ocr", texts);
  for (const _ of texts) {
    // Like real servers, sends one event per text box, although no event
    // contains the text box's id.
    const position = store.nextPosition();
    const data = { id: position, assetId, deletedAt: store.time() };
    store.audit("AssetOcrDeleteV1", data, { position });
  }
}

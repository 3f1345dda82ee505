/**
 * Changes to memories.
 *
 * @module
 */
import type { SyncMemoryV1 } from "../../protocol/mod.ts";
import type { Store } from "../store.ts";
import { type Actor, change, find } from "./actor.ts";

/** Creates a memory. */
export function addMemory(
  { store, userId }: Actor,
  memory: Partial<SyncMemoryV1>,
  assetIds: readonly string[],
): SyncMemoryV1 {
  const time = store.time();
  for (const id of assetIds) find(store, "assets", id);
  const added = store.put("memories", {
    id: crypto.randomUUID(),
    createdAt: time,
    updatedAt: time,
    deletedAt: null,
    ownerId: userId,
    type: "on_this_day",
    data: { year: Number(time.slice(0, 4)) - 1 },
    isSaved: false,
    memoryAt: time,
    seenAt: null,
    showAt: null,
    hideAt: null,
    ...memory,
  });
  addToMemory(store, added.id, assetIds);
  return added;
}

/** Changes a memory. */
export function updateMemory(
  store: Store,
  id: string,
  changes: Partial<SyncMemoryV1>,
): SyncMemoryV1 {
  const updatedAt = store.time();
  return change(store, "memories", id, { updatedAt, ...changes, id });
}

/** Adds assets to a memory, except assets that the memory already contains. */
export function addToMemory(
  store: Store,
  memoryId: string,
  assetIds: readonly string[],
): void {
  find(store, "memories", memoryId);
  for (const id of assetIds) find(store, "assets", id);
  for (const assetId of assetIds) {
    const known = store.find("memoryAssets", `${memoryId}/${assetId}`);
    if (known === undefined) store.put("memoryAssets", { memoryId, assetId });
  }
}

/** Removes assets from a memory. */
export function removeFromMemory(
  store: Store,
  memoryId: string,
  assetIds: readonly string[],
): void {
  const entries = assetIds.map((assetId) =>
    find(store, "memoryAssets", `${memoryId}/${assetId}`)
  );
  store.drop("memoryAssets", entries);
  for (const assetId of assetIds) {
    store.audit("MemoryToAssetDeleteV1", { memoryId, assetId });
  }
}

/** Permanently deletes a memory, but not its assets. */
export function deleteMemory(store: Store, id: string): void {
  const memory = find(store, "memories", id);
  store.drop("memoryAssets", store.where("memoryAssets", { memoryId: id }));
  store.drop("memories", [memory]);
  const { ownerId: userId } = memory;
  store.audit("MemoryDeleteV1", { memoryId: id }, { userId });
}

/**
 * Changes to stacks.
 *
 * @module
 */
import type { SyncStackV1 } from "../../protocol/mod.ts";
import type { Store } from "../store.ts";
import { type Actor, change, find } from "./actor.ts";

/** Stacks assets. The first asset becomes the primary asset. */
export function addStack(
  { store, userId }: Actor,
  assetIds: readonly string[],
  stack: Partial<SyncStackV1>,
): SyncStackV1 {
  const [primaryAssetId] = assetIds;
  if (primaryAssetId === undefined) {
    throw new RangeError("Cannot add stack: it must have at least one asset");
  }
  const time = store.time();
  for (const id of assetIds) find(store, "assets", id);
  const added = store.put("stacks", {
    id: crypto.randomUUID(),
    createdAt: time,
    updatedAt: time,
    primaryAssetId,
    ownerId: userId,
    ...stack,
  });
  for (const id of assetIds) {
    change(store, "assets", id, { stackId: added.id });
  }
  return added;
}

/** Changes a stack. */
export function updateStack(
  store: Store,
  id: string,
  changes: Partial<SyncStackV1>,
): SyncStackV1 {
  const updatedAt = store.time();
  return change(store, "stacks", id, { updatedAt, ...changes, id });
}

/** Deletes a stack, but not its assets. */
export function deleteStack(store: Store, id: string): void {
  const stack = find(store, "stacks", id);
  for (const asset of store.where("assets", { stackId: id })) {
    change(store, "assets", asset.id, { stackId: null });
  }
  store.drop("stacks", [stack]);
  const { ownerId: userId } = stack;
  store.audit("StackDeleteV1", { stackId: id }, { userId });
}

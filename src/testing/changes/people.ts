/**
 * Changes to people and faces.
 *
 * @module
 */
import type { SyncAssetFaceV2, SyncPersonV1 } from "../../protocol/mod.ts";
import type { Store } from "../store.ts";
import { type Actor, change, find } from "./actor.ts";

/** Adds a person. */
export function addPerson(
  { store, userId }: Actor,
  person: Partial<SyncPersonV1>,
): SyncPersonV1 {
  const time = store.time();
  return store.put("people", {
    id: crypto.randomUUID(),
    createdAt: time,
    updatedAt: time,
    ownerId: userId,
    name: "",
    birthDate: null,
    isHidden: false,
    isFavorite: false,
    color: null,
    faceAssetId: null,
    ...person,
  });
}

/** Changes a person. */
export function updatePerson(
  store: Store,
  id: string,
  changes: Partial<SyncPersonV1>,
): SyncPersonV1 {
  const updatedAt = store.time();
  return change(store, "people", id, { updatedAt, ...changes, id });
}

/** Deletes a person, but not the person's faces. */
export function deletePerson(store: Store, id: string): void {
  const person = find(store, "people", id);
  store.drop("people", [person]);
  const { ownerId: userId } = person;
  store.audit("PersonDeleteV1", { personId: id }, { userId });
  for (const face of store.where("faces", { personId: id })) {
    change(store, "faces", face.id, { personId: null });
  }
}

/** Adds a face to an asset. */
export function addFace(
  store: Store,
  assetId: string,
  face: Partial<SyncAssetFaceV2>,
): SyncAssetFaceV2 {
  const { width, height } = find(store, "assets", assetId);
  return store.put("faces", {
    id: crypto.randomUUID(),
    personId: null,
    imageWidth: width ?? 0,
    imageHeight: height ?? 0,
    boundingBoxX1: 0,
    boundingBoxY1: 0,
    boundingBoxX2: 100,
    boundingBoxY2: 100,
    sourceType: "manual",
    isVisible: true,
    deletedAt: null,
    ...face,
    assetId,
  });
}

/** Permanently deletes a face. */
export function deleteFace(store: Store, id: string): void {
  const face = find(store, "faces", id);
  store.drop("faces", [face]);
  const { assetId } = face;
  store.audit("AssetFaceDeleteV1", { assetFaceId: id }, { assetId });
  for (const person of store.where("people", { faceAssetId: id })) {
    updatePerson(store, person.id, { faceAssetId: null });
  }
}

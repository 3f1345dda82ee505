/**
 * Changes to partner shares.
 *
 * @module
 */
import { type Actor, change, find } from "./actor.ts";

/** Shares all assets with another user. */
export function addPartner({ store, userId }: Actor, otherId: string): void {
  find(store, "users", otherId);
  if (store.find("partners", `${userId}/${otherId}`) !== undefined) return;
  store.put("partners", {
    sharedById: userId,
    sharedWithId: otherId,
    inTimeline: false,
  });
}

/** Shows or hides a partner's assets in the user's own timeline. */
export function updatePartner(
  { store, userId }: Actor,
  partnerId: string,
  inTimeline: boolean,
): void {
  change(store, "partners", `${partnerId}/${userId}`, { inTimeline });
}

/** Stops sharing assets with another user. */
export function removePartner({ store, userId }: Actor, otherId: string): void {
  const partner = find(store, "partners", `${userId}/${otherId}`);
  store.drop("partners", [partner]);
  const { sharedById, sharedWithId } = partner;
  store.audit("PartnerDeleteV1", { sharedById, sharedWithId });
}

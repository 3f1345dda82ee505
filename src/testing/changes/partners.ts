/**
 * What users do with partners.
 *
 * @module
 */
import { type Actor, change, find } from "./actor.ts";

/** Shows all assets to another user. */
export function addPartner({ store, userId }: Actor, otherId: string): void {
  find(store, "users", otherId);
  if (store.find("partners", `${userId}/${otherId}`) !== undefined) return;
  store.put("partners", {
    sharedById: userId,
    sharedWithId: otherId,
    inTimeline: false,
  });
}

/** Shows the assets of a partner among the own ones, or no longer. */
export function updatePartner(
  { store, userId }: Actor,
  partnerId: string,
  inTimeline: boolean,
): void {
  change(store, "partners", `${partnerId}/${userId}`, { inTimeline });
}

/** Shows no more assets to another user. */
export function removePartner({ store, userId }: Actor, otherId: string): void {
  const partner = find(store, "partners", `${userId}/${otherId}`);
  store.drop("partners", [partner]);
  const { sharedById, sharedWithId } = partner;
  store.audit("PartnerDeleteV1", { sharedById, sharedWithId });
}

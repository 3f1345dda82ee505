/** Random user actions in a library. */
import type {
  FakeImmich,
  FakeLibrary,
  SnapshotTable,
} from "../../src/testing/mod.ts";

/** An action, and numbers that select its objects. */
export interface UserAction {
  /** Name of the action. */
  name: string;
  /** Selects the user. */
  who: number;
  /** Selects the object. */
  which: number;
  /** Selects a second object. */
  other: number;
}

/** The user and objects that an action applies to. */
interface Scene {
  library: FakeLibrary;
  /** Ids of the user's assets. */
  assets: string[];
  /** Ids of the albums that the user can see. */
  albums: string[];
  /** The other users. */
  others: string[];
  /** The users who may be deleted: all except the first. */
  guests: string[];
  /** The soft-deleted users. */
  away: string[];
  /** Selects one of the ids, if there are any. */
  one: (ids: string[]) => string;
  another: (ids: string[]) => string;
  /** Returns the ids of the rows that the user can see. */
  seen: (table: SnapshotTable) => string[];
}

const ACTIONS: Record<string, (scene: Scene) => unknown> = {
  addAsset: ({ library }) => library.addAsset(),
  updateAsset: ({ library, assets, one }) =>
    library.updateAsset(one(assets), { isFavorite: true }),
  updateExif: ({ library, assets, one }) =>
    library.updateExif(one(assets), { city: "Köln" }),
  trashAsset: ({ library, assets, one }) => library.trashAsset(one(assets)),
  restoreAsset: ({ library, assets, one }) => library.restoreAsset(one(assets)),
  deleteAsset: ({ library, assets, one }) => library.deleteAsset(one(assets)),
  addPartner: ({ library, others, one }) => library.addPartner(one(others)),
  removePartner: ({ library, others, one }) =>
    library.removePartner(one(others)),
  returnPartner: ({ library, others, one }) => {
    library.removePartner(one(others));
    library.addPartner(one(others));
  },
  updatePartner: ({ library, others, one }) =>
    library.updatePartner(one(others), true),
  addAlbum: ({ library, assets }) => library.addAlbum({}, assets.slice(0, 2)),
  updateAlbum: ({ library, albums, one }) =>
    library.updateAlbum(one(albums), { name: "Winter" }),
  addToAlbum: ({ library, albums, seen, one, another }) =>
    library.addToAlbum(one(albums), [another(seen("assets"))]),
  removeFromAlbum: ({ library, seen, one }) => {
    const [albumId, assetId] = one(seen("albumAssets")).split("/");
    library.removeFromAlbum(albumId!, [assetId!]);
  },
  putBackInAlbum: ({ library, seen, one }) => {
    const [albumId, assetId] = one(seen("albumAssets")).split("/");
    library.removeFromAlbum(albumId!, [assetId!]);
    library.addToAlbum(albumId!, [assetId!]);
  },
  shareAlbum: ({ library, albums, others, one, another }) =>
    library.shareAlbum(one(albums), another(others)),
  unshareAlbum: ({ library, seen, one }) => {
    const [albumId, userId] = one(seen("albumUsers")).split("/");
    library.unshareAlbum(albumId!, userId!);
  },
  reshareAlbum: ({ library, seen, one }) => {
    const [albumId, userId] = one(seen("albumUsers")).split("/");
    library.unshareAlbum(albumId!, userId!);
    library.shareAlbum(albumId!, userId!);
  },
  deleteAlbum: ({ library, albums, one }) => library.deleteAlbum(one(albums)),
  addStack: ({ library, assets, one, another }) =>
    library.addStack([one(assets), another(assets)]),
  updateStack: ({ library, seen, assets, one, another }) =>
    library.updateStack(one(seen("stacks")), {
      primaryAssetId: another(assets),
    }),
  deleteStack: ({ library, seen, one }) =>
    library.deleteStack(one(seen("stacks"))),
  addMemory: ({ library, assets }) => library.addMemory({}, assets.slice(0, 2)),
  addToMemory: ({ library, seen, assets, one, another }) =>
    library.addToMemory(one(seen("memories")), [another(assets)]),
  removeFromMemory: ({ library, seen, assets, one, another }) =>
    library.removeFromMemory(one(seen("memories")), [another(assets)]),
  deleteMemory: ({ library, seen, one }) =>
    library.deleteMemory(one(seen("memories"))),
  addPerson: ({ library }) => library.addPerson(),
  deletePerson: ({ library, seen, one }) =>
    library.deletePerson(one(seen("people"))),
  addFace: ({ library, assets, seen, one, another }) =>
    library.addFace(one(assets), { personId: another(seen("people")) }),
  updateFace: ({ library, seen, one, another }) =>
    library.updateFace(one(seen("faces")), {
      personId: another(seen("people")),
    }),
  deleteFace: ({ library, seen, one }) =>
    library.deleteFace(one(seen("faces"))),
  setMetadata: ({ library, assets, one }) =>
    library.setMetadata(one(assets), "app", {}),
  deleteMetadata: ({ library, assets, one }) =>
    library.deleteMetadata(one(assets), "app"),
  editAsset: ({ library, assets, one, others }) =>
    library.editAsset(one(assets), others.map(() => ({}))),
  addOcr: ({ library, assets, one }) => library.addOcr(one(assets)),
  deleteOcr: ({ library, assets, one }) => library.deleteOcr(one(assets)),
  setSettings: ({ library }) => library.setSettings("preferences", {}),
  deleteSettings: ({ library }) => library.deleteSettings("preferences"),
  updateUser: ({ library }) => library.updateUser({ name: "Ada" }),
  softDeleteUser: ({ library, guests, one }) =>
    library.softDeleteUser(one(guests)),
  restoreUser: ({ library, away, one }) => library.restoreUser(one(away)),
  deleteUser: ({ library, guests, one }) => library.deleteUser(one(guests)),
};

/** Names of all actions. */
export const ACTION_NAMES: string[] = Object.keys(ACTIONS);

/** Performs an action, if possible. */
export function perform(
  server: FakeImmich,
  userIds: string[],
  { name, who, which, other }: UserAction,
): boolean {
  const { users: known } = server.snapshot();
  const isAway = (id: string) =>
    (known.get(id) as { deletedAt: unknown }).deletedAt !== null;
  const away = userIds.filter((id) => known.has(id) && isAway(id));
  const users = userIds.filter((id) => known.has(id) && !isAway(id));
  const userId = users[who % users.length]!;
  const library = server.library.as(userId);
  const choose = (ids: string[], index: number) =>
    ids[index % ids.length] ?? "none";
  const seen: Scene["seen"] = (table) => [
    ...server.snapshot(userId)[table].keys(),
  ];
  try {
    ACTIONS[name]!({
      library,
      assets: library.assets.map(({ id }) => id),
      albums: seen("albums"),
      others: users.filter((id) => id !== userId),
      guests: users.slice(1),
      away,
      one: (ids) => choose(ids, which),
      another: (ids) => choose(ids, other),
      seen,
    });
    return true;
  } catch (error) {
    // The object does not exist.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

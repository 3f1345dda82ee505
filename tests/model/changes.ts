/** What can happen on a server, each by the numbers it is given. */
import type {
  FakeImmich,
  FakeLibrary,
  Snapshot,
} from "../../src/testing/mod.ts";

/** What a change works on. */
export interface Scene {
  server: FakeImmich;
  /** Ids of all users, the one who syncs first. */
  users: string[];
  /** Wants the client to start over. */
  requestReset(): void;
}

/** Draws from lists by the numbers of a change. */
class Draw {
  readonly scene: Scene;
  readonly library: FakeLibrary;
  readonly actor: string;
  readonly others: string[];
  readonly rows: Snapshot;
  #numbers: number[];

  constructor(scene: Scene, [first = 0, ...rest]: number[]) {
    const { server, users } = scene;
    this.scene = scene;
    this.#numbers = rest;
    // The one who syncs does half of all that is done.
    const who = first % 2 === 0 ? 0 : 1 + (first >> 1) % (users.length - 1);
    this.actor = users[who]!;
    this.others = users.filter((id) => id !== this.actor);
    this.library = server.library.as(this.actor);
    this.rows = server.snapshot(this.actor);
  }

  /** Does something with one of a list, unless it is empty. */
  with<T>(list: Iterable<T>, act: (item: T) => void): void {
    const items = [...list];
    const item = items[this.number() % items.length];
    if (item !== undefined) act(item);
  }

  /** Does something with one of the actor's own assets. */
  withAsset(act: (id: string) => void): void {
    this.with(this.library.assets, ({ id }) => act(id));
  }

  /** Does something with one of the actor's own albums. */
  withAlbum(act: (id: string) => void): void {
    this.with(this.library.albums, ({ id }) => act(id));
  }

  /** One or two of the actor's own assets. */
  get someAssets(): string[] {
    const ids = this.library.assets.map(({ id }) => id);
    const start = ids.length === 0 ? 0 : this.number() % ids.length;
    return ids.slice(start, start + 2);
  }

  number(): number {
    return this.#numbers.shift() ?? 0;
  }
}

type Change = (draw: Draw) => void;

const CHANGES: Record<string, Change> = {
  "add asset": ({ library }) => void library.addAsset(),
  "change asset": (draw) =>
    draw.withAsset((id) => {
      const isFavorite = draw.number() % 2 === 0;
      draw.library.updateAsset(id, { isFavorite });
    }),
  "change exif": (draw) =>
    draw.withAsset((id) => {
      draw.library.updateExif(id, { city: `city ${draw.number()}` });
    }),
  "trash asset": (draw) =>
    draw.withAsset((id) => void draw.library.trashAsset(id)),
  "restore asset": (draw) =>
    draw.withAsset((id) => void draw.library.restoreAsset(id)),
  "delete asset": (draw) =>
    draw.withAsset((id) => draw.library.deleteAsset(id)),
  "edit asset": (draw) =>
    draw.withAsset((id) =>
      draw.library.editAsset(id, Array(draw.number() % 3).fill({}))
    ),
  "set metadata": (draw) =>
    draw.withAsset((id) =>
      draw.library.setMetadata(id, "app", { n: draw.number() })
    ),
  "delete metadata": (draw) =>
    draw.with(draw.rows.assetMetadata.keys(), (path) => {
      const [assetId, key] = path.split("/");
      draw.library.deleteMetadata(assetId!, key!);
    }),
  "add text": (draw) => draw.withAsset((id) => void draw.library.addOcr(id)),
  "delete texts": (draw) => draw.withAsset((id) => draw.library.deleteOcr(id)),
  "add album": (draw) => void draw.library.addAlbum({}, draw.someAssets),
  "change album": (draw) =>
    draw.withAlbum((id) => {
      draw.library.updateAlbum(id, { name: `album ${draw.number()}` });
    }),
  "delete album": (draw) =>
    draw.withAlbum((id) => draw.library.deleteAlbum(id)),
  "put in album": (draw) =>
    // Whoever sees an album may add what is their own.
    draw.with(draw.rows.albums.keys(), (id) =>
      draw.library.addToAlbum(id, draw.someAssets)),
  "take out of album": (draw) =>
    draw.with(draw.rows.albumAssets.keys(), (key) => {
      const [albumId, assetId] = key.split("/");
      draw.library.removeFromAlbum(albumId!, [assetId!]);
    }),
  "share album": (draw) =>
    draw.withAlbum((id) =>
      draw.with(draw.others, (userId) => {
        const role = draw.number() % 2 === 0 ? "editor" : "viewer";
        draw.library.shareAlbum(id, userId, role);
      })
    ),
  "unshare album": (draw) => {
    const shares = [...draw.rows.albumUsers.values()] as {
      albumId: string;
      userId: string;
      role: string;
    }[];
    draw.with(
      shares.filter(({ role }) => role !== "owner"),
      ({ albumId, userId }) => draw.library.unshareAlbum(albumId, userId),
    );
  },
  "add partner": (draw) =>
    draw.with(draw.others, (id) => draw.library.addPartner(id)),
  "remove partner": (draw) => {
    const mine = [...draw.rows.partners.keys()].map((key) => key.split("/"))
      .filter(([by]) => by === draw.actor);
    draw.with(mine, ([, id]) => draw.library.removePartner(id!));
  },
  "add stack": (draw) => {
    const ids = draw.someAssets;
    if (ids.length > 1) draw.library.addStack(ids);
  },
  "delete stack": (draw) => {
    const own = [...draw.rows.stacks.values()] as {
      id: string;
      ownerId: string;
    }[];
    draw.with(
      own.filter(({ ownerId }) => ownerId === draw.actor),
      ({ id }) => draw.library.deleteStack(id),
    );
  },
  "add memory": (draw) => void draw.library.addMemory({}, draw.someAssets),
  "delete memory": (draw) =>
    draw.with(draw.rows.memories.keys(), (id) => draw.library.deleteMemory(id)),
  "take out of memory": (draw) =>
    draw.with(draw.rows.memoryAssets.keys(), (key) => {
      const [memoryId, assetId] = key.split("/");
      draw.library.removeFromMemory(memoryId!, [assetId!]);
    }),
  "add person": ({ library }) => void library.addPerson(),
  "delete person": (draw) =>
    draw.with(draw.rows.people.keys(), (id) => draw.library.deletePerson(id)),
  "add face": (draw) => draw.withAsset((id) => void draw.library.addFace(id)),
  "remove face": (draw) =>
    draw.with(draw.rows.faces.keys(), (id) => void draw.library.removeFace(id)),
  "delete face": (draw) =>
    draw.with(draw.rows.faces.keys(), (id) => draw.library.deleteFace(id)),
  "change settings": (draw) =>
    draw.library.setSettings("preferences", { n: draw.number() }),
  "rename user": (draw) =>
    void draw.library.updateUser({ name: `user ${draw.number()}` }),
  "demand a reset": ({ scene }) => scene.requestReset(),
  "delete user": ({ scene: { server, users } }) => {
    if (users.length > 2) server.library.deleteUser(users.pop()!);
  },
};

/** Names of all changes. */
export const CHANGE_NAMES: string[] = Object.keys(CHANGES);

/** Carries out a change. */
export function change(scene: Scene, name: string, numbers: number[]): void {
  CHANGES[name]!(new Draw(scene, numbers));
}

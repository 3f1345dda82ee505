/** Random actions by several users who share with each other. */
import type { Account } from "./account.ts";
import { orUndefined } from "./call.ts";
import type { Random } from "../fuzz/random.ts";

/** The users, and the ids of everything they have ever created. */
export interface World {
  accounts: Account[];
  /** User → ids of assets. */
  assets: Map<Account, string[]>;
  albums: string[];
  stacks: string[];
  memories: string[];
  people: string[];
}

/** Creates a world in which nothing has happened. */
export function createWorld(accounts: Account[]): World {
  const assets = new Map(accounts.map((account) => [account, []]));
  return { accounts, assets, albums: [], stacks: [], memories: [], people: [] };
}

/** The user who performs an action, and random objects to act on. */
interface Scene {
  world: World;
  me: Account;
  /** Another user. */
  other: Account;
  /** Two of the user's assets. The server refuses the action if they are deleted. */
  asset: string;
  second: string;
  /** An asset of any user. */
  anyAsset: string;
  album: string;
  stack: string;
  memory: string;
  person: string;
  yes: boolean;
  number: number;
}

const ACTIONS: Record<string, (scene: Scene) => Promise<unknown>> = {
  upload: async ({ world, me }) =>
    world.assets.get(me)!.push(await me.upload()),
  favorite: ({ me, asset, yes }) =>
    me.call("PUT", `/assets/${asset}`, { isFavorite: yes }),
  describe: ({ me, asset, number }) =>
    me.call("PUT", `/assets/${asset}`, { description: `Text ${number}` }),
  rate: ({ me, asset, number }) =>
    me.call("PUT", `/assets/${asset}`, { rating: 1 + number % 5 }),
  archive: ({ me, asset, yes }) =>
    me.call("PUT", `/assets/${asset}`, {
      visibility: yes ? "archive" : "timeline",
    }),
  trash: ({ me, asset }) => me.trash(asset),
  restore: ({ me, asset }) =>
    me.call("POST", "/trash/restore/assets", { ids: [asset] }),
  deleteForever: ({ me, asset, yes }) =>
    yes ? me.deleteForever(asset) : me.trash(asset),
  addPartner: ({ me, other }) => me.addPartner(other.id),
  removePartner: ({ me, other }) => me.call("DELETE", `/partners/${other.id}`),
  returnPartner: async ({ me, other }) => {
    await me.call("DELETE", `/partners/${other.id}`);
    await me.addPartner(other.id);
  },
  showPartner: ({ me, other, yes }) =>
    me.call("PUT", `/partners/${other.id}`, { inTimeline: yes }),
  addAlbum: async ({ world, me, asset, number }) =>
    world.albums.push(await me.addAlbum(`Album ${number}`, [asset])),
  renameAlbum: ({ me, album, number }) =>
    me.call("PATCH", `/albums/${album}`, {
      albumName: `Album ${number}`,
      description: `About ${number}`,
    }),
  addToAlbum: ({ me, album, asset, second }) =>
    me.call("PUT", `/albums/${album}/assets`, { ids: [asset, second] }),
  removeFromAlbum: ({ me, album, anyAsset }) =>
    me.call("DELETE", `/albums/${album}/assets`, { ids: [anyAsset] }),
  shareAlbum: ({ me, album, other, yes }) =>
    me.shareAlbum(album, other.id, yes ? "editor" : "viewer"),
  changeRole: ({ me, album, other, yes }) =>
    me.call("PUT", `/albums/${album}/user/${other.id}`, {
      role: yes ? "editor" : "viewer",
    }),
  unshareAlbum: ({ me, album, other }) =>
    me.call("DELETE", `/albums/${album}/user/${other.id}`),
  reshareAlbum: async ({ me, album, other }) => {
    await me.call("DELETE", `/albums/${album}/user/${other.id}`);
    await me.shareAlbum(album, other.id);
  },
  deleteAlbum: ({ me, album }) => me.call("DELETE", `/albums/${album}`),
  stack: async ({ world, me, asset, second }) =>
    world.stacks.push(
      await me.create("/stacks", { assetIds: [asset, second] }),
    ),
  changePrimary: ({ me, stack, asset }) =>
    me.call("PUT", `/stacks/${stack}`, { primaryAssetId: asset }),
  unstack: ({ me, stack }) => me.call("DELETE", `/stacks/${stack}`),
  addMemory: async ({ world, me, asset }) =>
    world.memories.push(
      await me.create("/memories", {
        type: "on_this_day",
        data: { year: 2024 },
        memoryAt: "2025-01-15T00:00:00.000Z",
        assetIds: [asset],
      }),
    ),
  saveMemory: ({ me, memory, yes }) =>
    me.call("PUT", `/memories/${memory}`, { isSaved: yes }),
  addToMemory: ({ me, memory, asset }) =>
    me.call("PUT", `/memories/${memory}/assets`, { ids: [asset] }),
  removeFromMemory: ({ me, memory, asset }) =>
    me.call("DELETE", `/memories/${memory}/assets`, { ids: [asset] }),
  deleteMemory: ({ me, memory }) => me.call("DELETE", `/memories/${memory}`),
  addPerson: async ({ world, me, number }) =>
    world.people.push(
      await me.create("/people", { name: `Person ${number}` }),
    ),
  renamePerson: ({ me, person, number, yes }) =>
    me.call("PUT", `/people/${person}`, {
      name: `Person ${number}`,
      isFavorite: yes,
    }),
  deletePerson: ({ me, person }) => me.call("DELETE", `/people/${person}`),
  addFace: ({ me, asset, person }) => me.addFace(asset, person),
  setMetadata: ({ me, asset, number }) =>
    me.call("PUT", `/assets/${asset}/metadata`, {
      items: [{ key: "live.note", value: { number } }],
    }),
  deleteMetadata: ({ me, asset }) =>
    me.call("DELETE", `/assets/${asset}/metadata/live.note`),
  rename: ({ me, number }) =>
    me.call("PUT", "/users/me", { name: `Name ${number}` }),
};

/**
 * Performs a random action.
 *
 * @returns The action's name, or `undefined` if the server refused the action
 * because an object does not exist or belongs to another user.
 */
export async function performRandom(
  world: World,
  random: Random,
): Promise<string | undefined> {
  const me = random.pick(world.accounts);
  const ids = (list: string[]) => random.pick(list) ?? crypto.randomUUID();
  const own = world.assets.get(me)!;
  // Half of all actions use the newest objects, most of which exist.
  const recent = (list: string[]) =>
    ids(random.chance(0.5) ? list.slice(-3) : list);
  const name = random.pick(Object.keys(ACTIONS));
  const scene: Scene = {
    world,
    me,
    other: random.pick(world.accounts.filter((other) => other !== me)),
    asset: recent(own),
    second: ids(own),
    anyAsset: recent([...world.assets.values()].flat()),
    album: recent(world.albums),
    stack: recent(world.stacks),
    memory: recent(world.memories),
    person: recent(world.people),
    yes: random.chance(0.5),
    number: random.below(1000),
  };
  const isDone = orUndefined(ACTIONS[name]!(scene).then(() => true));
  return await isDone ? name : undefined;
}

/** Users who share with each other, and their mirrors. */
import {
  createChildSession,
  type Fetch,
  type Session,
} from "@immich-edge/sync";
import {
  createMirror,
  type Mirror,
  type MirrorSyncOptions,
  sqlite,
} from "@immich-edge/sync/mirror";
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Random } from "../fuzz/random.ts";
import { type Account, pause } from "./account.ts";
import { createWorld, performRandom, type World } from "./actions.ts";
import type { Stage } from "./stage.ts";
import { settle } from "./streams.ts";
import { differences, readMirror, readServer } from "./views.ts";

/** A user's mirror, and the child session that syncs it. */
export interface Copy {
  account: Account;
  session: Session;
  mirror: Mirror;
  database: DatabaseSync;
}

/** Users who share with each other, with mirrors. */
export interface Scene {
  world: World;
  random: Random;
  /** Mirrors of the first two users. */
  copies: Copy[];
}

/** Creates an empty mirror, and a child session for it. */
export async function createCopy(
  account: Account,
  stage: Stage,
): Promise<Copy> {
  const { signal } = stage;
  const session = await createChildSession(account.session, { signal });
  const database = new DatabaseSync(":memory:");
  const mirror = await createMirror(sqlite(database), { userId: account.id });
  return { account, session, mirror, database };
}

/** Creates users, mirrors, and a few rows to begin with. */
export async function createScene(stage: Stage): Promise<Scene> {
  const accounts: Account[] = [];
  for (const name of ["ann", "bob", "cleo"]) {
    accounts.push(await stage.addAccount(name));
  }
  const world = createWorld(accounts);
  for (const account of accounts) {
    const ids = await account.uploadMany(4);
    world.assets.set(account, ids);
    const album = await account.addAlbum("Album", ids.slice(0, 2));
    world.albums.push(album);
    for (const other of accounts.filter((other) => other !== account)) {
      await account.addPartner(other.id);
      await account.shareAlbum(album, other.id, "editor");
    }
  }
  const copies: Copy[] = [];
  for (const account of accounts.slice(0, 2)) {
    copies.push(await createCopy(account, stage));
  }
  const random = new Random(stage.options.seed, stage.nextNumber());
  return { world, random, copies };
}

/** Performs random actions until the given number of them have succeeded. */
export async function change(
  { world, random }: Scene,
  count: number,
): Promise<string[]> {
  const done: string[] = [];
  for (let tries = 0; done.length < count; tries++) {
    assert(tries < count * 20, "The server refuses nearly every action");
    const name = await performRandom(world, random);
    if (name !== undefined) done.push(name);
  }
  return done;
}

/** Asserts that the mirrors match the server, and that they are consistent. */
export async function assertEqualToServer(
  stage: Stage,
  { world }: Scene,
  copies: readonly Copy[],
  options: MirrorSyncOptions = {},
): Promise<void> {
  const { signal } = stage;
  for (const { account, session, mirror } of copies) {
    // On servers up to 2.x, reading the albums updates outdated thumbnails.
    await account.call("GET", "/albums");
    await settle(stage, account);
    await mirror.sync(session, { ...options, signal });
    const ids = world.assets.get(account) ?? [];
    const onServer = await readServer(account, ids);
    const inMirror = await readMirror(mirror, account);
    assertEquals(differences(inMirror, onServer), []);
    const audit = await mirror.audit(session, { signal });
    const { ok, pending } = audit;
    assertEquals([ok, pending], [true, 0], JSON.stringify(audit));
    const found = await mirror.check();
    assert(found.ok, JSON.stringify(found));
  }
}

/** Passes on each chunk of a body after a pause. */
export function slowFetch(chunkMs: number, signal: AbortSignal): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (!url.endsWith("/sync/stream") || response.body === null) {
      return response;
    }
    const slow = new TransformStream<Uint8Array, Uint8Array>({
      async transform(chunk, controller) {
        await pause(chunkMs, signal);
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(slow), response);
  };
}

/** Syncs the mirrors repeatedly while random actions are being performed. */
export async function changeDuringSyncs(
  stage: Stage,
  scene: Scene,
  options: MirrorSyncOptions,
): Promise<string> {
  const { signal, options: { changes } } = stage;
  let isChanging = true;
  const changing = change(scene, changes).finally(() => isChanging = false);
  let syncs = 0;
  const syncing = scene.copies.map(async ({ session, mirror }) => {
    do {
      await mirror.sync(session, { ...options, signal });
      syncs++;
    } while (isChanging);
  });
  await Promise.all([changing, ...syncing]);
  await assertEqualToServer(stage, scene, scene.copies);
  return `${changes} changes during ${syncs} syncs`;
}

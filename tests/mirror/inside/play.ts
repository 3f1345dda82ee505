/** The model with a mirror as the copy, for runtimes other than Deno. */
import type { MirrorDatabase } from "../../../src/mirror/mod.ts";
import { playModel } from "../../model/model.ts";
import { inMirror } from "../mirror_replica.ts";

/** What to play. */
export interface Game {
  release: string;
  numRuns: number;
  seed: number;
}

/** Plays sequences, each with an empty database; gives how many there were. */
export async function play(
  database: MirrorDatabase,
  { release, ...parameters }: Game,
): Promise<number> {
  const openReplica = inMirror(() => database);
  const replicas = {
    async "a mirror"(userId: string, now: () => number) {
      await empty(database);
      return await openReplica(userId, now);
    },
  };
  const { sequences } = await playModel(release, replicas, parameters);
  return sequences;
}

/** Drops everything but what Cloudflare keeps there. */
async function empty(database: MirrorDatabase): Promise<void> {
  const things = await database.all(
    "SELECT type, name FROM sqlite_master " +
      "WHERE type IN ('table', 'view') AND name NOT GLOB '_cf_*'",
    [],
  );
  const drops = things.map(({ type, name }) => ({
    sql: `DROP ${type} ${name}`,
    params: [],
  }));
  // D1 refuses to carry out nothing.
  if (drops.length > 0) await database.batch(drops);
}

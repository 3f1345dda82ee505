/** The model test with a mirror, for runtimes other than Deno. */
import type { MirrorDatabase } from "../../../src/mirror/mod.ts";
import { playModel } from "../../model/model.ts";
import { inMirror } from "../mirror_replica.ts";

/** The model test's parameters. */
export interface ModelOptions {
  release: string;
  numRuns: number;
  seed: number;
}

/**
 * Runs sequences, each with an empty database. Returns the number of sequences.
 */
export async function play(
  database: MirrorDatabase,
  { release, ...parameters }: ModelOptions,
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

/** Drops everything except Cloudflare's own tables. */
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
  // D1 rejects an empty batch.
  if (drops.length > 0) await database.batch(drops);
}

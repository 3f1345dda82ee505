/** Mirrors in this runtime's SQLite, as replicas for the model test. */
import { DatabaseSync } from "node:sqlite";
import { sqlite } from "../../src/mirror/mod.ts";
import type { ReplicaFactory } from "../model/replica.ts";
import { inMirror } from "./mirror_replica.ts";

/** One replica for each method of passing rows to a database. */
export const IN_SQLITE: Readonly<Record<string, ReplicaFactory>> = {
  "a mirror": inMirror(() => sqlite(new DatabaseSync(":memory:"))),
  "a mirror with a prefix and rows as JSON": inMirror(() => ({
    ...sqlite(new DatabaseSync(":memory:")),
    rowsAs: "json",
  }), "immich_"),
};

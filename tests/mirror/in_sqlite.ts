/** Mirrors in the SQLite of this runtime, as keepers of the model. */
import { DatabaseSync } from "node:sqlite";
import { sqlite } from "../../src/mirror/mod.ts";
import type { KeeperFactory } from "../model/keeper.ts";
import { inMirror } from "./keeper.ts";

/** One for each way in which rows reach a database. */
export const IN_SQLITE: Readonly<Record<string, KeeperFactory>> = {
  "a mirror": inMirror(() => sqlite(new DatabaseSync(":memory:"))),
  "a mirror with rows as JSON": inMirror(() => ({
    ...sqlite(new DatabaseSync(":memory:")),
    rowsAs: "json",
  })),
};

import { DatabaseSync } from "node:sqlite";
import { sqlite } from "../../src/mirror/mod.ts";
import { playModel } from "../model/model.ts";
import { SEED } from "../support/property.ts";
import { test } from "../support/test.ts";
import { inMirror } from "./keeper.ts";

const SEQUENCES = { "3.1.0": 300, "2.7.5": 150, "2.5.6": 50, "1.136.0": 50 };

const inSqlite = inMirror(() => sqlite(new DatabaseSync(":memory:")));
/** The way in which rows reach D1. */
const asJson = inMirror(() => ({
  ...sqlite(new DatabaseSync(":memory:")),
  rowsAs: "json",
}));

for (const [release, numRuns] of Object.entries(SEQUENCES)) {
  test(`whatever happens, a mirror in SQLite ends equal to a server ${release}`, async () => {
    const parameters = { numRuns, seed: SEED };
    await playModel(release, [inSqlite, asJson], parameters);
  });
}

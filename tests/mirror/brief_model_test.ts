/** The model test with a mirror in SQLite; takes two seconds. */
import { test } from "../support/test.ts";
import { playModel } from "../model/model.ts";
import { IN_SQLITE } from "./in_sqlite.ts";

for (const release of ["3.1.0", "2.7.5"]) {
  test(`a mirror matches a ${release} server whose library changes during streams`, async () => {
    await playModel(release, IN_SQLITE, { numRuns: 15 });
  });
}

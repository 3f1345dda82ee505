/** The suite for real servers, with more changes and other versions of the fake server. */
import { test } from "../support/test.ts";
import { assertPasses } from "./fake_run.ts";

for (const version of ["2.7.5", "3.1.0", "3.3.0"]) {
  test(`the live suite with more changes passes against a fake ${version} server`, async () => {
    await assertPasses(version, { changes: 40 });
  });
}

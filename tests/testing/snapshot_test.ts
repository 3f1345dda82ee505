/**
 * A copy matches the server after any user actions and any sequence of syncs.
 */
import { test } from "../support/test.ts";
import { assertCopiesMatch, assertFirstStreamsMatch } from "./any_actions.ts";

for (const release of ["3.1.0", "2.7.5", "1.138.1"]) {
  test(`${release}: a copy matches the server's snapshot even if full syncs are rare`, async () => {
    await assertCopiesMatch(release, 20);
  });

  test(`${release}: a stream from the beginning has exactly the rows of the snapshot`, async () => {
    await assertFirstStreamsMatch(release, 10);
  });
}

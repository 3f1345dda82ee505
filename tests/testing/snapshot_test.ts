/**
 * A copy matches the server after any user actions and any sequence of syncs.
 */
import { test } from "../support/test.ts";
import { assertCopiesMatch, assertFirstStreamsMatch } from "./any_actions.ts";

for (const release of ["3.1.0", "2.7.5", "1.138.1"]) {
  test(`a copy of a ${release} server matches its snapshot even if full syncs are rare`, async () => {
    await assertCopiesMatch(release, 20);
  });

  test(`a ${release} server's first stream has exactly the rows of its snapshot`, async () => {
    await assertFirstStreamsMatch(release, 10);
  });
}

/** Audits during random changes, with enough cases to find rare ones. */
import { test } from "../support/test.ts";
import { assertAuditsFindNoFault } from "./audited_changes.ts";

test("an audit finds no fault during any of many random changes", async () => {
  await assertAuditsFindNoFault(300);
});

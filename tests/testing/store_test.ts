import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Store } from "../../src/testing/store.ts";
import { assertProperty } from "../support/property.ts";
import { test } from "../support/test.ts";

/**
 * Operations on rows. There are few rows and values, so that the operations
 * overlap.
 */
const happenings = fc.array(
  fc.record({
    kind: fc.constantFrom("put", "drop", "search"),
    albumId: fc.constantFrom("a", "b", "c"),
    userId: fc.constantFrom("u", "v", "w"),
    role: fc.constantFrom("editor", "viewer"),
  }),
  { maxLength: 60 },
);

test("searching the store finds exactly the rows with the given values", () => {
  assertProperty(fc.property(happenings, (happenings) => {
    const store = new Store(() => 0);
    for (const { kind, ...row } of happenings) {
      if (kind === "put") store.put("albumUsers", row);
      else if (kind === "drop") store.drop("albumUsers", [row]);
      const { userId, role } = row;
      const rows = store.rows("albumUsers");
      const sorted = (found: typeof rows) =>
        found.toSorted((a, b) => a.position < b.position ? -1 : 1);
      const ofRole = rows.filter(({ data }) => data.role === role);
      const both = ofRole.filter(({ data }) => data.userId === userId);
      if (kind !== "search") continue;
      const found = store.rowsWhere("albumUsers", { role });
      assertEquals(sorted(found), sorted(ofRole));
      const foundBoth = store.rowsWhere("albumUsers", { role, userId });
      assertEquals(sorted(foundBoth), sorted(both));
      assertEquals(
        store.where("albumUsers", { role }),
        found.map(({ data }) => data),
      );
      assertEquals(store.first("albumUsers", "role", role), found[0]?.data);
    }
  }));
});

test("searching the store without values finds all rows", () => {
  const store = new Store(() => 0);
  store.put("userMetadata", { userId: "a", key: "license", value: {} });
  assertEquals(store.where("userMetadata", {}).length, 1);
});

test("a row keeps its creation position until it is dropped and stored again", () => {
  const store = new Store(() => 0);
  const row = { albumId: "a", userId: "u", role: "editor" } as const;
  store.put("albumUsers", row);
  store.put("albumUsers", { ...row, role: "viewer" });
  const { position, createId, data } = store.find("albumUsers", "a/u")!;
  assertEquals(data.role, "viewer");
  assert(position > createId);
  store.drop("albumUsers", [row]);
  store.put("albumUsers", row);
  assert(store.find("albumUsers", "a/u")!.createId > position);
});

test("the positions of changes ascend even if the clock stops or goes back", () => {
  let time = 1000;
  const store = new Store(() => time);
  const positions: string[] = [];
  for (const moment of [1000, 1000, 2000, 500, 2000, 3000]) {
    time = moment;
    positions.push(store.nextPosition());
  }
  assertEquals(positions, positions.toSorted());
  assertEquals(new Set(positions).size, positions.length);
});

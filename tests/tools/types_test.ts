/** The list of request types matches the tables in `src/protocol`. */
import { assert, assertEquals } from "@std/assert";
import { SYNC_REQUESTS } from "../../src/protocol/mod.ts";
import { typesPage } from "../../tools/types.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

const page = await Deno.readTextFile(new URL("docs/TYPES.md", ROOT));

const [requests = "", events = ""] = page.split("## Events");

/** Returns the cells of the row that describes a type in a section of the page. */
function rowOf(name: string, part: string): string[] | undefined {
  return part.split("\n")
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()))
    .find(([first]) => first === `\`${name}\``);
}

test("the list of request types is up to date (deno task types updates it)", async () => {
  assertEquals(page, await typesPage());
});

test("the list describes each request type, and when it was added and removed", () => {
  for (const [name, { since, retired = "" }] of Object.entries(SYNC_REQUESTS)) {
    const [, contents = "", added = "", removed] = rowOf(name, requests) ?? [];
    assert(/^[A-Z].*\.$/.test(contents), `${name}: ${contents}`);
    assertEquals([added.split(" ")[0], removed], [since, retired]);
  }
  assertEquals(rowOf("AssetFacesV1", requests)?.at(-1), "`AssetFacesV2`");
  assertEquals(rowOf("AssetsV2", requests)?.at(-1), "");
});

test("the list explains each entity type, and says which request types include it", () => {
  for (const [name, { entities }] of Object.entries(SYNC_REQUESTS)) {
    for (const entity of entities) {
      const [, meaning = "", data, types = ""] = rowOf(entity, events) ?? [];
      assert(/^[A-Z].*\.$/.test(meaning), `${entity}: ${meaning}`);
      assert(data?.startsWith("`Sync"), `${entity}: ${data}`);
      assert(types.includes(`\`${name}\``), `${entity}: ${types}`);
    }
  }
  assertEquals(rowOf("SyncResetV1", events)?.slice(2), ["empty", "any type"]);
});

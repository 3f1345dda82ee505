/** A release's notes come from the changelog. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { REPOSITORY } from "../../tools/repository.ts";
import { releaseNotes } from "../../tools/release_notes.ts";
import { runDeno } from "../../tools/run.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

const CHANGELOG = `# Changelog

## [1.10.0] - 2026-12-01

- New: see [the guide](docs/GUIDE.md#sync) and [Immich](https://immich.app).

## [1.1.0] - 2026-11-01

- Old.

[1.10.0]: https://example.test/sync/releases/tag/v1.10.0
[1.1.0]: https://example.test/sync/releases/tag/v1.1.0
`;

test("a release's notes are its section of the changelog, with absolute links", () => {
  assertEquals(
    releaseNotes("v1.10.0", CHANGELOG),
    `- New: see [the guide](${REPOSITORY}/blob/v1.10.0/docs/GUIDE.md#sync) and [Immich](https://immich.app).\n`,
  );
  assertEquals(releaseNotes("v1.1.0", CHANGELOG), "- Old.\n");
});

test("a release that the changelog does not describe causes an error", () => {
  for (const tag of ["v1.0.0", "v1", "", "v1.10.00"]) {
    assertThrows(
      () => releaseNotes(tag, CHANGELOG),
      Error,
      "CHANGELOG.md does not describe",
    );
  }
  const empty = "## [2.0.0]\n\n## [1.0.0]\n\n- Old.\n";
  assertThrows(() => releaseNotes("v2.0.0", empty), Error);
});

test("the changelog describes the current version, and links each version", async () => {
  const text = await Deno.readTextFile(new URL("CHANGELOG.md", ROOT));
  const versions = Array.from(
    text.matchAll(/^## \[([^\]]+)\]/gm),
    ([, v]) => v,
  );
  assertEquals(versions.at(0), config.version);
  for (const version of versions) {
    const link = `[${version}]: ${REPOSITORY}/releases/tag/v${version}\n`;
    assert(text.includes(link), link);
  }
  const args = ["run", "-R", "tools/release_notes.ts", `v${config.version}`];
  const notes = await runDeno(...args);
  assertEquals(notes, releaseNotes(`v${config.version}`, text));
});

/**
 * Prints the notes for a release: its section of CHANGELOG.md, with links that
 * work outside the repository.
 *
 *     deno run -R tools/release_notes.ts v0.1.0
 *
 * @module
 */

import { REPOSITORY } from "./repository.ts";

/** Returns a release's section of a changelog. */
export function releaseNotes(tag: string, changelog: string): string {
  const version = tag.replace(/^v/, "");
  const part = changelog.split(/^(?=## )/m)
    .find((part) => part.startsWith(`## [${version}]`));
  const notes = part?.replace(/^.*\n/, "").replaceAll(/^\[.*\]: .*$/gm, "")
    .trim() ?? "";
  if (notes === "") {
    throw new Error(
      `Cannot print the release notes: CHANGELOG.md does not describe "${version}"`,
    );
  }
  const atTag = `${REPOSITORY}/blob/${tag}/`;
  return `${notes.replaceAll(/\]\((?!https?:|#)/g, `](${atTag}`)}\n`;
}

if (import.meta.main) {
  const [tag = ""] = Deno.args;
  const file = new URL("../CHANGELOG.md", import.meta.url);
  console.log(releaseNotes(tag, await Deno.readTextFile(file)).trimEnd());
}

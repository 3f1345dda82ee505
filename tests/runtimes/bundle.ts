/**
 * Bundles all tests that run outside Deno into one module.
 *
 * Files in `inside/support` replace files of the same name in `tests/support`,
 * and recorded exchanges are embedded.
 */
import * as esbuild from "esbuild";
import config from "../../deno.json" with { type: "json" };
import { filesBelow, ROOT } from "../../tools/files.ts";
import { bundle } from "../support/bundle.ts";
import { checkPortable, portableTests } from "./portable.ts";

/** The syntax supported by all runtimes, of which Node 20 is the oldest. */
const TARGET = "node20";

/** Bundles the tests, with `countCases` and `runCase` as exports. */
export async function bundleTests(): Promise<string> {
  const folder = new URL(`file://${await Deno.makeTempDir()}/`);
  try {
    const imports: Record<string, string> = {
      ...config.imports,
      ...config.scopes["./"],
    };
    for (const path of await filesBelow("tests/runtimes/inside/support")) {
      const replaced = path.replace("runtimes/inside/", "");
      imports[new URL(replaced, ROOT).href] = new URL(path, ROOT).href;
    }
    const files = new URL("bundled_files.ts", folder);
    const empty = new URL("tests/runtimes/inside/bundled_files.ts", ROOT);
    imports[empty.href] = files.href;
    const entry = new URL("entry.ts", folder);
    const settings = new URL("deno.json", folder);
    await Deno.writeTextFile(files, await embedFiles());
    await Deno.writeTextFile(entry, await writeEntry());
    await Deno.writeTextFile(
      settings,
      JSON.stringify({ imports, lock: false }),
    );
    const flags = ["--platform=browser", "--config", settings.pathname];
    const code = await bundle(entry.pathname, ...flags);
    checkPortable(code);
    const { code: lowered } = await esbuild.transform(code, { target: TARGET });
    return lowered;
  } finally {
    await esbuild.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

async function writeEntry(): Promise<string> {
  const imports = (await portableTests())
    .map((path) => `import ${JSON.stringify(new URL(path, ROOT))};`);
  const cases = new URL("tests/runtimes/inside/cases.ts", ROOT);
  return [...imports, `export * from ${JSON.stringify(cases)};`].join("\n");
}

async function embedFiles(): Promise<string> {
  const files: Record<string, string> = {};
  for (const path of await filesBelow("tests/transcripts")) {
    const bytes = await Deno.readFile(new URL(path, ROOT));
    files[path.replace("tests/", "")] = bytes.toBase64();
  }
  return `export const FILES = ${JSON.stringify(files)};`;
}

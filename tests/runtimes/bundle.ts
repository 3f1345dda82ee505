/**
 * Makes one module of all tests that a runtime other than Deno can run.
 *
 * Files in `inside/support` take the place of those of the same name in
 * `tests/support`, and recorded exchanges come along as text.
 */
import * as esbuild from "esbuild";
import config from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);

/** The syntax that all the runtimes know: Node 20 is the oldest. */
const TARGET = "node20";

/** Tests that are about this repository, and about what only Deno has. */
const DENO_ONLY = [
  /^tests\/repository\//, // Files, documentation and types of the repository.
  /^tests\/package\//, // The package in projects of its users.
  /^tests\/tools\//, // Tasks, which Deno runs.
  /^tests\/examples\//, // Examples, which Deno runs, and their own runtimes.
  /^tests\/bench_test/, // The bench, which Deno runs.
  /^tests\/model\/(newest|older)_test/, // Minutes; `model/brief_test` is not.
  /^tests\/mirror\//, // The databases of the runtimes, each in its own test.
  /^tests\/sync\/memory_test/, // The memory of a process that Deno runs.
  /^tests\/testing\/socket_test/, // The fake as Deno serves it.
  /^tests\/faults\/fake_test/, // The fake as Deno serves it, connections kept.
];

/** The files of the tests that every runtime runs. */
export async function portableTests(): Promise<string[]> {
  const files: string[] = [];
  for await (const path of walk("tests")) {
    const isTest = path.endsWith("_test.ts");
    if (isTest && !DENO_ONLY.some((rule) => rule.test(path))) files.push(path);
  }
  return files.sort();
}

/** Makes the module, with `countCases` and `runCase` as its exports. */
export async function bundleTests(): Promise<string> {
  const folder = new URL(`file://${await Deno.makeTempDir()}/`);
  try {
    const imports: Record<string, string> = {
      ...config.imports,
      ...config.scopes["./"],
    };
    for await (const path of walk("tests/runtimes/inside/support")) {
      const replaced = path.replace("runtimes/inside/", "");
      imports[new URL(replaced, ROOT).href] = new URL(path, ROOT).href;
    }
    const files = new URL("bundled_files.ts", folder);
    const empty = new URL("tests/runtimes/inside/bundled_files.ts", ROOT);
    imports[empty.href] = files.href;
    const entry = new URL("entry.ts", folder);
    const settings = new URL("deno.json", folder);
    const output = new URL("bundle.js", folder);
    await Deno.writeTextFile(files, await embedFiles());
    await Deno.writeTextFile(entry, await writeEntry());
    await Deno.writeTextFile(
      settings,
      JSON.stringify({ imports, lock: false }),
    );
    await denoBundle(entry, settings, output);
    const code = await Deno.readTextFile(output);
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
  for await (const path of walk("tests/transcripts")) {
    const bytes = await Deno.readFile(new URL(path, ROOT));
    files[path.replace("tests/", "")] = bytes.toBase64();
  }
  return `export const FILES = ${JSON.stringify(files)};`;
}

async function denoBundle(
  entry: URL,
  settings: URL,
  output: URL,
): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform=browser"],
      ...["--config", settings.pathname, "-o", output.pathname, entry.pathname],
    ],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Names the file that uses Deno where other runtimes have to get along with it. */
export function checkPortable(code: string): void {
  let file = "";
  for (const line of code.split("\n")) {
    file = /^\/\/ (\S+\.\w+)$/.exec(line)?.[1] ?? file;
    if (!/^(tests|src|mod\.ts)/.test(file)) continue;
    if (/^\s*[^\s/*].*\bDeno\./.test(line)) {
      throw new Error(`${file} uses Deno outside of tests/support: ${line}`);
    }
  }
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(`${folder}/`, ROOT))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* walk(path);
    else yield path;
  }
}

/**
 * Locks the npm packages. deno.lock contains the packages that this repository
 * needs, and a sample worker's package-lock.json contains those of the sample.
 *
 *     deno task lock
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { filesBelow, ROOT } from "./files.ts";
import { pack } from "./pack.ts";
import { LOCKED_EXAMPLES, type PackageLock, setOwn } from "./package_lock.ts";
import { run, runDeno } from "./run.ts";
import { readTask } from "./task_options.ts";

/** The part of deno.lock that is written. */
interface DenoLock {
  version: string;
  specifiers: Record<string, string>;
  npm: Record<string, { integrity: string }>;
  workspace: unknown;
}

/**
 * Creates deno.lock. JSR packages are left out, because their hashes would come
 * from the local mirror.
 */
async function lockDevelopment(): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".lock" });
  await Deno.remove(file);
  const folders = ["src", "tests", "tools", "bench", "examples"];
  const files = (await Promise.all(folders.map(filesBelow))).flat()
    .filter((path) => /\.tsx?$/.test(path));
  try {
    await runDeno("cache", "--quiet", `--lock=${file}`, "mod.ts", ...files);
    const lock: DenoLock = JSON.parse(await Deno.readTextFile(file));
    const { version, specifiers, npm, workspace } = lock;
    const fromNpm = Object.entries(specifiers)
      .filter(([specifier]) => specifier.startsWith("npm:"));
    return toJson({
      version,
      specifiers: Object.fromEntries(fromNpm),
      npm,
      workspace,
    });
  } finally {
    await Deno.remove(file).catch(() => {});
  }
}

/**
 * Creates package-lock.json for a sample. For this package, it contains only
 * the version and no hash, because the package is built from the commit that
 * contains the lock.
 */
async function lockExample(name: string): Promise<string> {
  const directory = await Deno.makeTempDir();
  try {
    const path = new URL(`examples/${name}/package.json`, ROOT);
    const manifest = JSON.parse(await Deno.readTextFile(path));
    const specifier: string = manifest.dependencies[config.name];
    const tarball = await pack(directory);
    manifest.dependencies[config.name] = `file:${tarball}`;
    await Deno.writeTextFile(`${directory}/package.json`, toJson(manifest));
    await run("npm", [
      ...["install", "--package-lock-only", "--no-audit", "--no-fund"],
      "--omit-lockfile-registry-resolved=false",
    ], { cwd: directory });
    const file = `${directory}/package-lock.json`;
    const lock: PackageLock = JSON.parse(await Deno.readTextFile(file));
    const [, jsrName] = /^npm:(@jsr\/.*)@/.exec(specifier) ?? [];
    const { version } = config;
    if (jsrName === undefined) setOwn(lock, specifier, { version });
    else addFromJsr(lock, specifier, jsrName);
    return toJson(lock);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Adds this package and its dependency, as built by JSR, to the lock. */
function addFromJsr(lock: PackageLock, specifier: string, name: string): void {
  const streams = "@jsr/std__streams";
  const range = config.imports["@std/streams"].replace(/^.*@/, "");
  const dependencies = { [streams]: range };
  setOwn(lock, specifier, { name, version: config.version, dependencies });
  lock.packages[`node_modules/${streams}`] = { version: range.slice(1) };
}

function toJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function main(): Promise<void> {
  const write = (path: string, text: string) =>
    Deno.writeTextFile(new URL(path, ROOT), text);
  await write("deno.lock", await lockDevelopment());
  for (const name of LOCKED_EXAMPLES) {
    await write(`examples/${name}/package-lock.json`, await lockExample(name));
  }
}

if (import.meta.main) {
  readTask({ task: "lock", options: {}, positionals: [] });
  await main();
}

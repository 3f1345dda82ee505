/** A worker from `examples`, as users have it after copying its folder. */
import { assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { filesBelow } from "../../tools/files.ts";
import { pack, writeFiles } from "../../tools/pack.ts";
import { NODE_VERSIONS } from "../runtimes/npx.ts";
import { ROOT } from "../support/sources.ts";
import { freshProject, type Project } from "./project.ts";

const NODE = `node@${NODE_VERSIONS.at(-1)}`;

/** A copied worker with its packages, after a deployment without an account. */
export interface CopiedWorker {
  /** Its folder. Dispose of it at the end. */
  project: Project;
  /** What wrangler printed. */
  deployment: string;
  /** What wrangler bundled. */
  script: string;
  /** The compatibility date of the worker. */
  date: string;
}

/** Copies a worker, installs the package of this repository, and deploys it. */
export async function copyWorker(name: string): Promise<CopiedWorker> {
  const project = await freshProject();
  const { directory } = project;
  const files = await readFiles(`examples/${name}/`);
  const manifest = JSON.parse(files.get("package.json")!);
  const { dependencies } = manifest;
  assertMatch(
    dependencies[config.name],
    new RegExp(`(?:^|@)\\^${RegExp.escape(config.version)}$`),
  );
  dependencies[config.name] = `file:${await pack(directory)}`;
  files.set("package.json", JSON.stringify(manifest));
  files.set("secret.env", `COOKIE_SECRET=${"x".repeat(64)}\n`);
  await writeFiles(files, directory);
  const options = ["--no-audit", "--no-fund", "--prefer-offline"];
  await project.run("npx", "-y", "-p", NODE, "npm", "install", ...options);
  // The README sets the secret during the first deployment.
  const deploy = "wrangler deploy --secrets-file secret.env --dry-run";
  const settings = `WRANGLER_SEND_METRICS=false XDG_CONFIG_HOME=${directory}`;
  const command = `${settings} npx -y -p ${NODE} ${deploy} --outdir dist 2>&1`;
  const [, date = ""] = /"compatibility_date": "([^"]+)"/
    .exec(files.get("wrangler.jsonc")!) ?? [];
  return {
    project,
    deployment: await project.run("sh", "-c", command),
    script: await Deno.readTextFile(`${directory}/dist/index.js`),
    date,
  };
}

/** Returns the files that users copy: path → text. */
async function readFiles(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const path of await filesBelow(folder.slice(0, -1))) {
    const rest = path.slice(folder.length);
    if (/^(local|node_modules|\.wrangler)\//.test(rest)) continue;
    files.set(rest, await Deno.readTextFile(new URL(path, ROOT)));
  }
  return files;
}

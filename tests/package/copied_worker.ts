/** A worker from `examples`, set up as a user who copies its folder would do. */
import { assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { filesBelow } from "../../tools/files.ts";
import { pack } from "../../tools/pack.ts";
import { type PackageLock, setOwn } from "../../tools/package_lock.ts";
import { NODE_VERSIONS } from "../runtimes/npx.ts";
import { ROOT } from "../support/sources.ts";
import { freshProject, type Project } from "./project.ts";

const NODE = `node@${NODE_VERSIONS.at(-1)}`;

/**
 * A copied worker with its packages, after a dry-run deployment, which needs no
 * account.
 */
export interface CopiedWorker {
  /** The worker's folder. Dispose of it at the end. */
  project: Project;
  /** What wrangler printed. */
  deployment: string;
  /** What wrangler bundled. */
  script: string;
  /** The worker's compatibility date. */
  date: string;
}

/**
 * Copies a worker, installs the locked packages and this repository's package, and
 * deploys the worker.
 */
export async function copyWorker(name: string): Promise<CopiedWorker> {
  const project = await freshProject();
  const { directory } = project;
  await copyFiles(`examples/${name}/`, directory);
  const read = (path: string) => Deno.readTextFile(`${directory}/${path}`);
  const manifest = JSON.parse(await read("package.json"));
  const { dependencies } = manifest;
  assertMatch(
    dependencies[config.name],
    new RegExp(`(?:^|@)\\^${RegExp.escape(config.version)}$`),
  );
  const tarball = `file:${await pack(directory)}`;
  dependencies[config.name] = tarball;
  await project.write("package.json", JSON.stringify(manifest));
  const lock: PackageLock = JSON.parse(await read("package-lock.json"));
  const { version } = config;
  setOwn(lock, tarball, { version, resolved: tarball });
  await project.write("package-lock.json", JSON.stringify(lock));
  await project.write("secret.env", `COOKIE_SECRET=${"x".repeat(64)}\n`);
  const options = ["--no-audit", "--no-fund", "--prefer-offline"];
  await project.run("npx", "-y", "-p", NODE, "npm", "ci", ...options);
  // The README sets the secret during the first deployment.
  const deploy = "wrangler deploy --secrets-file secret.env --dry-run";
  const settings = `WRANGLER_SEND_METRICS=false XDG_CONFIG_HOME=${directory}`;
  const command = `${settings} npx -y -p ${NODE} ${deploy} --outdir dist 2>&1`;
  const wrangler = await read("wrangler.jsonc");
  const [, date = ""] = /"compatibility_date": "([^"]+)"/.exec(wrangler) ?? [];
  const [, main = ""] = /"main": "src\/(\w+)\./.exec(wrangler) ?? [];
  return {
    project,
    deployment: await project.run("sh", "-c", command),
    script: await read(`dist/${main}.js`),
    date,
  };
}

/** Copies the files meant for users, including pictures. */
async function copyFiles(folder: string, directory: string): Promise<void> {
  for (const path of await filesBelow(folder.slice(0, -1))) {
    const rest = path.slice(folder.length);
    if (/^(local|node_modules|\.wrangler)\//.test(rest)) continue;
    const copy = new URL(rest, `file://${directory}/`);
    await Deno.mkdir(new URL(".", copy), { recursive: true });
    await Deno.copyFile(new URL(path, ROOT), copy);
  }
}

/** Projects like those of Deno users, which import the package by its name. */
import config from "../../deno.json" with { type: "json" };
import { run } from "../../tools/run.ts";
import { type Child, start } from "./children.ts";
import { ROOT } from "./sources.ts";

/**
 * A user's configuration: strict, but without this repository's additional
 * rules.
 */
export function userConfig(): string {
  const entryPoints = Object.entries(config.exports).map(([entry, path]) => [
    config.name + entry.slice(1),
    new URL(path, ROOT).href,
  ]);
  return JSON.stringify({
    imports: { ...config.imports, ...Object.fromEntries(entryPoints) },
    compilerOptions: { strict: true },
  });
}

/** A directory with programs. Disposing of the project deletes the directory. */
export interface UserProject extends AsyncDisposable {
  directory: string;
  /** Runs a program, and returns what it prints. */
  run(args: string[], env?: Record<string, string>): Promise<string>;
  /** Starts a program. */
  start(args: string[], env?: Record<string, string>): Child;
}

/** Creates a project with the given files. */
export async function userProject(
  files: Map<string, string>,
): Promise<UserProject> {
  const directory = await Deno.makeTempDir({ prefix: "recipe-" });
  await Deno.writeTextFile(`${directory}/deno.json`, userConfig());
  for (const [path, text] of files) {
    await Deno.writeTextFile(`${directory}/${path}`, text);
  }
  const toArgs = (args: string[]) => ["run", "-q", "--no-check", ...args];
  return {
    directory,
    run: (args, env = {}) =>
      run(Deno.execPath(), toArgs(args), { cwd: directory, env }),
    start: (args, env = {}) =>
      start(Deno.execPath(), toArgs(args), { cwd: directory, env }),
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

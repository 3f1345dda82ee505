/** better-sqlite3 from npm, for Node 20. */
import { run } from "../../tools/run.ts";
import { installed, NODE_VERSIONS } from "../runtimes/npx.ts";

/** The last major version that supports Node 20. */
const PACKAGE = "better-sqlite3@12.11.1";

/**
 * Returns the path of Node 20's executable and the environment variables that
 * make `openSqlite` use better-sqlite3. If there is no prebuilt binary to
 * download, the first installation compiles SQLite.
 */
export async function findBetterSqlite3(): Promise<{
  command: string;
  env: Record<string, string>;
}> {
  const version = NODE_VERSIONS[0]!;
  const command = await installed("node", version);
  // The installation chooses or compiles the binary for the Node that runs it.
  const path = await run("npx", [
    ...["-y", "-p", `node@${version}`, "npx"],
    ...["-y", "-p", PACKAGE, "-c", "echo $PATH"],
  ]);
  const [modules = ""] = path.split("/.bin:");
  return { command, env: { BETTER_SQLITE3: `${modules}/better-sqlite3` } };
}

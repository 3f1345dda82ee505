/**
 * Checks the library against a real Immich server that is used only for testing.
 *
 *     deno task live --server URL --admin-email E --admin-password P \
 *       --i-know-this-server-is-for-testing
 *
 * @module
 */
import { orExit } from "../../tools/task_options.ts";
import { parseOptions } from "./options.ts";
import { runLive } from "./run.ts";

/** Runs the suite, and returns the exit code. */
async function main(): Promise<number> {
  const env = {
    adminPassword: Deno.env.get("LIVE_ADMIN_PASSWORD"),
    seed: crypto.getRandomValues(new Uint16Array(1))[0]! + 1,
  };
  const options = orExit(() => parseOptions(Deno.args, env), "live");
  if (typeof options === "string") {
    console.log(options);
    return 0;
  }
  const interruption = new AbortController();
  const interrupt = () => {
    if (interruption.signal.aborted) return;
    console.error("Deleting the users of this run …");
    interruption.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, interrupt);
  }
  return await runLive(options, interruption.signal, console.log);
}

Deno.exit(await main());

/**
 * Checks the library against a real Immich server that is used only for testing.
 *
 *     deno task live --server URL --admin-email E --admin-password P \
 *       --i-know-this-server-is-for-testing
 *
 * @module
 */
import { HELP, parseOptions, UsageError } from "./options.ts";
import { runLive } from "./run.ts";

/** Runs the command, and returns the exit code. */
async function main(): Promise<number> {
  const interruption = new AbortController();
  const interrupt = () => {
    if (interruption.signal.aborted) return;
    console.error("Deleting the users of this run …");
    interruption.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, interrupt);
  }
  try {
    const options = parseOptions(Deno.args, {
      adminPassword: Deno.env.get("LIVE_ADMIN_PASSWORD"),
      seed: crypto.getRandomValues(new Uint16Array(1))[0]! + 1,
    });
    if (options === undefined) {
      console.log(HELP);
      return 0;
    }
    return await runLive(options, interruption.signal, console.log);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(
      `${error.message}. Run deno task live --help for all options.`,
    );
    return 2;
  }
}

Deno.exit(await main());

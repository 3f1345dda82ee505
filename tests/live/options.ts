/** The command line of the live suite. */
import { UsageError } from "../../src/cli/errors.ts";
import {
  numberOption,
  parseTask,
  serverOption,
  textOption,
} from "../../tools/task_options.ts";

const OPTIONS = {
  "server": serverOption("The server's address (required)."),
  "admin-email": textOption(
    "EMAIL",
    "An administrator's e-mail address (required).",
  ),
  "admin-password": textOption(
    "PASSWORD",
    `The administrator's password; or set LIVE_ADMIN_PASSWORD
in the environment.`,
  ),
  "i-know-this-server-is-for-testing": {
    help: "Required, because users are created and deleted.",
  },
  "oauth-email": textOption(
    "EMAIL",
    `The user whom the OAuth provider signs in without a
prompt, as the provider in compose.yaml does.`,
  ),
  "only": textOption(
    "TEXT",
    "Run only the checks whose names contain this text.",
  ),
  "changes": {
    ...numberOption("The number of random changes in each check"),
    default: "40",
  },
  "seed": numberOption("Repeat the random changes of an earlier run."),
};

/** The parsed command line. */
export interface LiveOptions {
  server: string;
  adminEmail: string;
  adminPassword: string;
  oauthEmail: string | undefined;
  only: string;
  changes: number;
  seed: number;
  /**
   * How long nothing must change before the server's jobs count as finished, in
   * milliseconds.
   */
  quietMs: number;
  /**
   * How long the server may take to delete a user before it is asked again, in
   * milliseconds.
   */
  deleteMs: number;
}

/**
 * Parses the command line.
 *
 * @returns The options, or the help text if `--help` was given.
 * @throws {UsageError} If an argument is wrong or missing.
 */
export function parseOptions(
  args: readonly string[],
  env: { adminPassword: string | undefined; seed: number },
): LiveOptions | string {
  const parsed = parseTask({ task: "live", options: OPTIONS }, args);
  if (typeof parsed === "string") return parsed;
  const { values } = parsed;
  const { server, only = "", changes, seed = env.seed } = values;
  const adminEmail = values["admin-email"];
  const adminPassword = values["admin-password"] ?? env.adminPassword;
  if (!server || !adminEmail || !adminPassword) {
    throw new UsageError(
      "--server, --admin-email and --admin-password are required",
    );
  }
  if (!values["i-know-this-server-is-for-testing"]) {
    throw new UsageError(
      "This creates and deletes users on the server. If the server is for testing only, add --i-know-this-server-is-for-testing",
    );
  }
  return {
    server,
    adminEmail,
    adminPassword,
    oauthEmail: values["oauth-email"],
    only,
    changes,
    seed,
    quietMs: 400,
    deleteMs: 20_000,
  };
}

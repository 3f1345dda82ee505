/** The command line of the live suite. */
import { parseArgs } from "node:util";

/** The text for `--help`. */
export const HELP =
  `Checks the library against a real Immich server, with throwaway users.

  deno task live --server URL --admin-email EMAIL --admin-password PASSWORD
    --i-know-this-server-is-for-testing

Options:
  --server URL              the server's address
  --admin-email EMAIL       an administrator's e-mail address
  --admin-password PASSWORD the administrator's password; or set the environment
                            variable LIVE_ADMIN_PASSWORD
  --i-know-this-server-is-for-testing
                            required, because users are created and deleted
  --oauth-email EMAIL       the user whom the server's OAuth provider signs in
                            without a prompt, as the provider in compose.yaml does
  --only TEXT               run only the checks whose names contain this text
  --changes N               the number of random changes in each check (default 40)
  --seed N                  repeat the random changes of an earlier run
  --help                    print this text

Exit codes: 0 if no check failed, 1 if one failed or the server is not as it was
before, 2 if the arguments are wrong or the sign-in fails, 130 after Ctrl-C.
`;

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
}

/** A mistake in the command line; its message is a sentence for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError" as const;
}

/**
 * Parses the command line.
 *
 * @returns `undefined` if it asks for help.
 * @throws {UsageError} If an argument is wrong or missing.
 */
export function parseOptions(
  args: readonly string[],
  env: { adminPassword: string | undefined; seed: number },
): LiveOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const { server, only = "" } = values;
  const adminEmail = values["admin-email"];
  const adminPassword = values["admin-password"] ?? env.adminPassword;
  const isMissing = !server || !adminEmail || !adminPassword;
  if (isMissing) {
    throw new UsageError(
      "--server, --admin-email and --admin-password are required",
    );
  }
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol)) {
    throw new UsageError(
      `--server must be an http or https address, received "${server}"`,
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
    changes: toCount("changes", values.changes ?? "40"),
    seed: toCount("seed", values.seed ?? String(env.seed)),
    quietMs: 400,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        "server": { type: "string" },
        "admin-email": { type: "string" },
        "admin-password": { type: "string" },
        "i-know-this-server-is-for-testing": { type: "boolean" },
        "oauth-email": { type: "string" },
        "only": { type: "string" },
        "changes": { type: "string" },
        "seed": { type: "string" },
        "help": { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : "");
  }
}

function toCount(name: string, text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new UsageError(
    `--${name} must be a positive integer, received "${text}"`,
  );
}

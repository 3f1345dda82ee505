/**
 * `status`: shows the login and the copies.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { isImmichError } from "../errors/mod.ts";
import { toSingleLine } from "../http/mod.ts";
import { formatVersion } from "../protocol/mod.ts";
import { currentUser, serverVersion } from "../server/mod.ts";
import { toCall, withLogin } from "./account.ts";
import type { Arguments, Command } from "./command.ts";
import { Copies, EVENTS_COPY } from "./copies.ts";
import { forgetCopy } from "./copy_session.ts";
import { toCount, toNumber } from "./count.ts";
import { toWords } from "./duration.ts";
import { SignedOutError } from "./errors.ts";
import { EXIT } from "./exit_codes.ts";
import { type Failure, toFailure, toJsonEnd, toSentences } from "./failure.ts";
import type { Io } from "./io.ts";
import { toJsonLine } from "./json.ts";
import { LoginFile } from "./login_file.ts";
import { openMirrorFile } from "./mirror_file.ts";

/** The `status` command. */
export const STATUS: Command = {
  summary: "Show the signed-in user and the copies",
  usage: "[options]",
  description:
    `Shows the server, the signed-in user, and when each copy was last updated. If a
copy's file was deleted, ends its session.`,
  positionals: [],
  options: { json: { help: "Print the status as one JSON object." } },
  run,
};

/** The status of a copy. */
interface CopyStatus {
  /** The path of the file, or `"events"`. */
  copy: string;
  /** When the last sync ended, in milliseconds since 1970. */
  lastSyncAt?: number | null;
  /** The number of rows. */
  rows?: number;
  /** The number of photos and videos. */
  assets?: number;
  /** Why the copy cannot be read. */
  problem?: string;
}

/** What the server says about the account; incomplete if it cannot be reached. */
interface Account {
  version?: string;
  user?: string;
  email?: string;
}

/** The status of the login. */
interface LoginStatus extends Account {
  server: string;
  signedInAt: number;
  signedInWith?: string | undefined;
}

async function run({ options }: Arguments, io: Io): Promise<number> {
  let login = new LoginFile(io).read();
  const account: Account = {};
  let failure: Failure | undefined;
  try {
    await withLogin(io, async (current) => {
      login = current;
      const { session } = current;
      const call = toCall(io, current);
      account.version = formatVersion(await serverVersion(session, call));
      const { name, email } = await currentUser(session, call);
      Object.assign(account, { user: name, email });
    });
  } catch (error) {
    if (!isImmichError(error) && !(error instanceof SignedOutError)) {
      throw error;
    }
    failure = toFailure(error);
  }
  const { session, signedInAt } = login;
  const status: LoginStatus = {
    server: session.baseUrl,
    ...account,
    signedInAt,
    signedInWith: session.authType,
  };
  const copies: CopyStatus[] = [];
  for (const copy of new Copies(io).list()) {
    const isForgotten = failure === undefined && isDeleted(copy) &&
      await forgetCopy(copy, io, toCall(io, login))
        .then(() => true, () => false);
    copies.push(
      isForgotten
        ? {
          copy,
          problem: "the file was deleted, so its session has been ended",
        }
        : await read(copy),
    );
  }
  const text = options.json
    ? toJsonLine({ ...toJsonEnd(failure), ...status, copies })
    : toLines(status, copies, io.clock.now());
  await io.stdout.write(text);
  if (failure === undefined) return EXIT.done;
  await io.stderr.write(`${failure.text}\n`);
  return failure.code;
}

/**
 * Returns whether a copy's file was deleted. If its folder is missing too, the file
 * may be on a disk that is not connected.
 */
function isDeleted(copy: string): boolean {
  return copy !== EVENTS_COPY && !existsSync(copy) && existsSync(dirname(copy));
}

async function read(copy: string): Promise<CopyStatus> {
  if (copy === EVENTS_COPY) return { copy };
  try {
    const file = await openMirrorFile(copy, { mode: "read" });
    try {
      const { lastRunAt, rows } = await file.mirror.status();
      const all = Object.values(rows).reduce((a, b) => a + b, 0);
      return { copy, lastSyncAt: lastRunAt, rows: all, assets: rows.assets };
    } finally {
      file.close();
    }
  } catch (error) {
    return { copy, problem: toSentences(toFailure(error)) };
  }
}

function toLines(
  status: LoginStatus,
  copies: readonly CopyStatus[],
  now: number,
): string {
  const { server, version, user, email, signedInAt, signedInWith } = status;
  const lines = [
    `Server     ${server}${version === undefined ? "" : `, Immich ${version}`}`,
  ];
  if (user !== undefined) {
    lines.push(`User       ${toSingleLine(`${user} <${email}>`, 200)}`);
  }
  const how = signedInWith === undefined ? "" : ` with ${signedInWith}`;
  lines.push(`Signed in  ${toDate(signedInAt)}${how}`);
  for (const copy of copies) {
    lines.push("", `Copy       ${copy.copy}`);
    const { problem, rows, assets, lastSyncAt } = copy;
    if (problem !== undefined) lines.push(`Problem    ${problem}`);
    if (rows === undefined || assets === undefined) continue;
    const when = lastSyncAt
      ? `${toDate(lastSyncAt)}, ${toWords(now - lastSyncAt)} ago`
      : "never";
    lines.push(
      `Last sync  ${when}`,
      `Contents   ${toNumber(assets)} ${
        assets === 1 ? "photo or video" : "photos and videos"
      }, ${toCount(rows, "row")}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function toDate(time: number): string {
  return new Date(time).toISOString().replace("T", " ").replace(/\..*/, " UTC");
}

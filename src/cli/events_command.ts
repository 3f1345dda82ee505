/**
 * `events`: prints the library's events as NDJSON.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { CallOptions, Session } from "../http/mod.ts";
import {
  checkSyncTypes,
  supportedSyncTypes,
  type SyncRequestName,
} from "../protocol/mod.ts";
import { serverVersion } from "../server/mod.ts";
import { syncStream } from "../stream/mod.ts";
import { syncBatches } from "../sync/mod.ts";
import { toCall, useLogin, withLogin } from "./account.ts";
import { type Arguments, type Command, valueOf } from "./command.ts";
import { Copies, EVENTS_COPY } from "./copies.ts";
import { sessionOf, withSession } from "./copy_session.ts";
import { ArgumentError } from "./errors.ts";
import { EXIT } from "./exit_codes.ts";
import type { Io } from "./io.ts";
import { toJsonLine } from "./json.ts";

/** The line that means that everything is sent again. */
const RESET = toLine({ type: "SyncResetV1", data: {} });

/** How many characters to buffer before they are written. */
const CHUNK = 65_536;

/** The `events` command. */
export const EVENTS: Command = {
  summary: "Print the library's events as JSON, one per line",
  usage: "[options]",
  description:
    `Prints the library's rows and deletes as JSON objects with "type" and "data", one
per line. For example: immich-sync events | jq -r .type

Without --ack, nothing is acknowledged, and each run prints everything. With
--ack, each event is acknowledged once it has been printed, and the next run prints
only what has changed since. After an interruption, some events may be printed
again. After a line with the type "SyncResetV1", the whole library is printed again.`,
  positionals: [],
  options: {
    types: {
      value: "A,B",
      help: "The request types, such as AssetsV2,AlbumsV2; all by default.",
    },
    ack: { help: "Acknowledge each event once it has been printed." },
  },
  run,
};

async function run(args: Arguments, io: Io): Promise<number> {
  const asked = toTypes(valueOf(args, "types"));
  const call = toCall(io, await useLogin(io));
  if (args.options.ack) {
    const kept = sessionOf(EVENTS_COPY, io, call);
    await withSession(kept, (session) => printNew(session, asked, call, io));
  } else {
    await withLogin(io, ({ session }) => printAll(session, asked, call, io));
  }
  return EXIT.done;
}

function toTypes(text: string | undefined): SyncRequestName[] | undefined {
  if (text === undefined) return undefined;
  const types = text.split(",").map((type) => type.trim());
  try {
    checkSyncTypes(types, undefined);
  } catch (error) {
    const { message } = error as RangeError;
    throw new ArgumentError(
      message.replace("Cannot open the sync stream: ", ""),
    );
  }
  return types as SyncRequestName[];
}

/** Prints every event, and acknowledges none. */
async function printAll(
  session: Session,
  asked: SyncRequestName[] | undefined,
  call: CallOptions,
  io: Io,
): Promise<void> {
  const version = await serverVersion(session, call);
  const types = asked ?? supportedSyncTypes(version);
  let text = "";
  for await (const event of await syncStream(session, types, call)) {
    if (isControl(event.type)) continue;
    text += toLine(event);
    if (text.length < CHUNK) continue;
    await io.stdout.write(text);
    text = "";
  }
  if (text !== "") await io.stdout.write(text);
}

/** Prints the events since the last run, and acknowledges those that it has written. */
async function printNew(
  session: Session,
  asked: SyncRequestName[] | undefined,
  call: CallOptions,
  io: Io,
): Promise<void> {
  const types = asked ??
    supportedSyncTypes(await serverVersion(session, call));
  await announceNewSession(session, io);
  for await (const batch of syncBatches(session, types, call)) {
    const { type, events } = batch;
    const text = type === "SyncResetV1" ? RESET : events.map(toLine).join("");
    await io.stdout.write(text);
    await batch.ack();
  }
}

/**
 * Prints a reset if the events start from the beginning because the session is not
 * that of the last run. It may even belong to another user.
 */
async function announceNewSession(session: Session, io: Io): Promise<void> {
  const copies = new Copies(io);
  const last = copies.lastRunOf(EVENTS_COPY);
  const id = createHash("sha256").update(session.accessToken).digest("hex");
  if (last === id) return;
  if (last !== undefined) await io.stdout.write(RESET);
  copies.setLastRun(EVENTS_COPY, id);
}

/**
 * Returns whether an event controls the stream, and so says nothing about the library.
 */
function isControl(type: string): boolean {
  return /^Sync(?:Ack|Reset|Complete)V1$/.test(type);
}

function toLine({ type, data }: { type: string; data: unknown }): string {
  return toJsonLine({ type, data });
}

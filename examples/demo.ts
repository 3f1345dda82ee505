/**
 * Signs in, reads the whole sync stream, acknowledges its events, and shows that the
 * next stream contains only changes.
 *
 *     deno task demo                                 with a recorded library
 * deno task demo --server URL with your own server; sign in with your browser
 *     deno task demo --server URL --email E --password P
 *
 * To sign in with your browser, register the redirect URI
 * `http://127.0.0.1:PORT/callback` with the OAuth provider, and add `--port PORT`.
 *
 * Exits with status 0 only if every check succeeds.
 *
 * @module
 */
import {
  authorize,
  callback,
  createChildSession,
  currentUser,
  isImmichError,
  login,
  logout,
  serverVersion,
  type Session,
  supportedSyncTypes,
  syncAck,
  type SyncEvent,
  type SyncRequestType,
  syncStream,
} from "@immich-edge/sync";
import { FakeImmich } from "@immich-edge/sync/testing";
import {
  numberOption,
  readTask,
  serverOption,
  textOption,
} from "../tools/task_options.ts";

const RECORDING = new URL(
  "../tests/transcripts/3.1.0/03-sync-admin/002-initial-all.ndjson",
  import.meta.url,
);

const { values: options } = readTask({
  task: "demo",
  options: {
    server: serverOption(
      "Your own server; by default, a fake one with a recorded library.",
    ),
    email: textOption("EMAIL", "Sign in with this address and a password."),
    password: textOption("PASSWORD", "The password."),
    port: {
      ...numberOption(
        "The port that your browser returns to; 0 for any free port",
        { min: 0, max: 65_535 },
      ),
      default: "0",
    },
  },
});

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

/** The server that the demo runs against. */
interface Stage extends AsyncDisposable {
  baseUrl: string;
  /** Sends the user to the provider's login page. */
  visit(url: string): Promise<void>;
  /** Changes something in the library, and returns the changed asset's id, if known. */
  change(): string | undefined;
}

/** Starts a fake server with a recorded library on a real socket. */
async function recordedStage(): Promise<Stage> {
  const recording = await Deno.readTextFile(RECORDING);
  const { handler, library } = new FakeImmich({ recording });
  const server = Deno.serve({ ...LOOPBACK, onListen: () => {} }, handler);
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}`,
    async visit(url) {
      // The fake provider approves without asking the user, so no browser is needed.
      const response = await fetch(url);
      await response.body?.cancel();
    },
    change() {
      const { id, originalFileName } = library.addAsset();
      console.log(`Uploaded ${originalFileName}.`);
      return id;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Uses a real server, where the user signs in with a browser. */
function realStage(baseUrl: string): Stage {
  return {
    baseUrl,
    visit(url) {
      console.log(`Sign in here: ${url}`);
      return Promise.resolve();
    },
    change() {
      if (Deno.stdin.isTerminal()) {
        prompt("Change something in your library, then press Enter.");
      }
      return undefined;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/**
 * Signs in with a password, if given, or else with OAuth and a callback on a
 * loopback port (RFC 8252, section 7.3).
 */
async function signIn({ baseUrl, visit }: Stage): Promise<Session> {
  const { email, password } = options;
  if (email && password) return await login(email, password, { baseUrl });

  const { promise: callbackUrl, resolve } = Promise.withResolvers<string>();
  await using listener = Deno.serve(
    { ...LOOPBACK, port: options.port, onListen: () => {} },
    (request) => {
      const { pathname } = new URL(request.url);
      if (pathname !== "/callback") return new Response(null, { status: 404 });
      resolve(request.url);
      return new Response("You are signed in. You can close this page.");
    },
  );
  const redirectUri = `http://127.0.0.1:${listener.addr.port}/callback`;
  const { url, context } = await authorize(redirectUri, { baseUrl });
  await visit(url);
  return await callback(await callbackUrl, context);
}

/** Reads a whole stream and prints its progress. */
async function read(
  session: Session,
  types: SyncRequestType[],
): Promise<SyncEvent[]> {
  const started = performance.now();
  const events: SyncEvent[] = [];
  for await (const event of await syncStream(session, types)) {
    events.push(event);
    if (events.length % 1000 === 0) progress(events.length, started);
  }
  progress(events.length, started);
  console.log();
  return events;
}

function progress(count: number, started: number): void {
  const rate = count / (performance.now() - started) * 1000;
  const line = `${count.toLocaleString("en")} events, ${
    Math.round(rate).toLocaleString("en")
  } per second`;
  const text = Deno.stdout.isTerminal() ? `\r${line}\x1b[K` : line;
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

/** Returns all events except those that control the stream. */
function rowsOf(events: SyncEvent[]): SyncEvent[] {
  return events.filter(({ type }) =>
    !/^Sync(Ack|Reset|Complete)V1$/.test(type)
  );
}

function printTable(events: SyncEvent[]): void {
  const counts = Map.groupBy(events, ({ type }) => type as string);
  for (const [type, { length }] of [...counts].sort()) {
    console.log(
      `  ${type.padEnd(26)} ${length.toLocaleString("en").padStart(9)}`,
    );
  }
}

let failures = 0;

/** Prints the result of a check, and counts failures. */
function check(succeeds: boolean, sentence: string): void {
  console.log(`${succeeds ? "✓" : "✗"} ${sentence}`);
  if (!succeeds) failures++;
}

async function main(): Promise<void> {
  const { server } = options;
  await using stage = server ? realStage(server) : await recordedStage();
  const version = await serverVersion(stage);
  const { major, minor, patch } = version;
  console.log(`Immich ${major}.${minor}.${patch} at ${stage.baseUrl}`);

  const session = await signIn(stage);
  try {
    const { name, email } = await currentUser(session);
    check(email !== "", `Signed in as ${name} <${email}>`);

    // The child session has its own checkpoints, so other clients miss nothing.
    const child = await createChildSession(session, { deviceType: "demo" });
    const types = supportedSyncTypes(version);
    const first = await read(child, types);
    printTable(first);
    check(first.at(-1)?.type === "SyncCompleteV1", "The stream is complete");

    await syncAck(child, first);
    const changed = stage.change();
    const rows = rowsOf(await read(child, types));
    printTable(rows);
    const onlyTheChange = changed === undefined
      ? rows.length < rowsOf(first).length
      : rows.length > 0 &&
        rows.every(({ data }) => JSON.stringify(data).includes(changed));
    check(onlyTheChange, "After the acks, only changes arrive");
  } finally {
    await logout(session);
  }
}

try {
  await main();
} catch (error) {
  if (!isImmichError(error)) throw error;
  check(false, error.message);
}
if (failures > 0) Deno.exit(1);

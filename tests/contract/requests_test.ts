/** Our requests match recorded requests that were accepted by a real server. */
import { assertEquals, assertMatch } from "@std/assert";
import {
  authorize,
  callback,
  type CallOptions,
  createChildSession,
  currentUser,
  discover,
  getSyncAcks,
  login,
  logout,
  serverVersion,
  type Session,
  syncAck,
  syncStream,
} from "../../mod.ts";
import { answering, drain, recording } from "../support/fetch.ts";
import { test } from "../support/test.ts";
import {
  linesOf,
  toResponse,
  type Transcript,
  transcript,
} from "../support/transcripts.ts";

const baseUrl = "http://127.0.0.1:2283";

/** Returns the session that sent a recorded request. */
function sessionOf({ request }: Transcript): Session {
  const { Authorization = "", "x-immich-user-token": token } = request.headers;
  return {
    baseUrl,
    accessToken: token ?? Authorization.replace("Bearer ", ""),
  };
}

/**
 * Makes a call that gets a recorded response, and compares the request with the
 * recorded one.
 */
async function compare(
  path: string,
  call: (options: CallOptions, exchange: Transcript) => Promise<unknown>,
  normalize: (body: Record<string, unknown>) => unknown = (body) => body,
): Promise<void> {
  const exchange = await transcript(path);
  const { fetch, requests } = recording(answering(() => toResponse(exchange)));
  await call({ fetch }, exchange);
  assertEquals(requests.length, 1, path);
  const sent = requests[0]!;
  const { method, headers, body } = exchange.request;
  assertEquals(sent.method, method, path);
  assertEquals(sent.url.replace(baseUrl, ""), exchange.request.path, path);
  for (
    const name of [
      "accept",
      "content-type",
      "authorization",
      "x-immich-user-token",
    ]
  ) {
    const recorded = new Headers(headers).get(name);
    assertEquals(sent.headers.get(name), recorded, `${path}: ${name}`);
  }
  const text = await sent.text();
  if (body === undefined) assertEquals(text, "", path);
  else {assertEquals(
      normalize(JSON.parse(text)),
      normalize(JSON.parse(body)),
      path,
    );}
}

for (const version of ["2.7.5", "3.1.0"]) {
  test(`sign-in and user requests match those accepted by a ${version} server`, async () => {
    const folder = `${version}/01-basics`;
    await compare(
      `${folder}/002-server-version`,
      (options) => serverVersion({ baseUrl }, options),
    );
    await compare(
      `${folder}/006-login-ok`,
      (options) =>
        login("admin@immich.test", "password", { baseUrl, ...options }),
    );
    await compare(
      `${folder}/011-users-me-bearer`,
      (options, exchange) => currentUser(sessionOf(exchange), options),
    );
    await compare(
      `${folder}/013-users-me-x-immich-user-token`,
      (options, exchange) =>
        currentUser(sessionOf(exchange), {
          tokenHeader: "x-immich-user-token",
          ...options,
        }),
    );
  });

  test(`the request for a child session matches one accepted by a ${version} server`, async () => {
    const name = version === "3.1.0"
      ? "040-create-1s-session"
      : "033-create-1s-session";
    await compare(
      `${version}/07-errors/${name}`,
      (options, exchange) =>
        createChildSession(sessionOf(exchange), {
          durationMs: 1000,
          deviceType: "lab",
          deviceOS: "lab",
          ...options,
        }),
    );
  });

  test(`stream requests match those accepted by a ${version} server`, async () => {
    const names = version === "3.1.0"
      ? ["002-initial-all", "032-incremental-1", "012-only-AssetsV2"]
      : ["002-initial-all", "031-incremental-1", "022-only-StacksV1"];
    for (const name of names) {
      await compare(
        `${version}/03-sync-admin/${name}`,
        async (options, exchange) => {
          const { types } = JSON.parse(exchange.request.body!);
          await drain(await syncStream(sessionOf(exchange), types, options));
        },
      );
    }
  });

  test(`syncAck acknowledges a complete stream with the acks recorded with ${version}`, async () => {
    const folder = `${version}/03-sync-admin`;
    const pairs = version === "3.1.0"
      ? [
        ["002-initial-all", "029-ack-all"],
        ["032-incremental-1", "033-ack-incremental-1"],
        ["038-backfill-2-resumed", "039-ack-backfill-all"],
      ]
      : [
        ["002-initial-all", "028-ack-all"],
        ["031-incremental-1", "032-ack-incremental-1"],
        ["037-backfill-2-resumed", "038-ack-backfill-all"],
      ];
    for (const [stream, ack] of pairs) {
      const events = linesOf(await transcript(`${folder}/${stream}`));
      await compare(
        `${folder}/${ack}`,
        (options, exchange) =>
          syncAck(sessionOf(exchange), events as { ack: string }[], options),
      );
    }
  });

  test(`the request for checkpoints matches the one recorded with ${version}`, async () => {
    await compare(
      `${version}/03-sync-admin/001-ack-get-empty`,
      (options, exchange) => getSyncAcks(sessionOf(exchange), options),
    );
  });
}

test("syncAck acknowledges a reset with exactly the recorded ack", async () => {
  const events = linesOf(
    await transcript("3.1.0/06-reset/008-pending-reset-stream"),
  );
  await compare(
    "3.1.0/06-reset/013-ack-SyncResetV1",
    (options, exchange) =>
      syncAck(sessionOf(exchange), events as { ack: string }[], options),
  );
});

test("discovery and logout send requests accepted by real servers", async () => {
  await compare(
    "3.1.0/01-basics/005-well-known-immich",
    (options) => discover(baseUrl, options),
  );
  await compare(
    "3.1.0/01-basics/022-logout",
    (options, exchange) => logout(sessionOf(exchange), options),
  );
});

test("both steps of an OAuth sign-in send requests accepted by real servers", async () => {
  await compare(
    "3.1.0/02-oauth/006-new-user-authorize",
    (options) =>
      authorize("http://127.0.0.1:45678/callback", { baseUrl, ...options }),
    ({ redirectUri, state, codeChallenge }) => {
      assertMatch(String(state), /^[\w-]{22,}$/);
      assertMatch(String(codeChallenge), /^[\w-]{43}$/);
      return { redirectUri };
    },
  );
  const recorded = await transcript("3.1.0/02-oauth/014-new-user-callback");
  const { url, state, codeVerifier } = JSON.parse(recorded.request.body!);
  const context = {
    baseUrl,
    redirectUri: "http://127.0.0.1:45678/callback",
    state,
    codeVerifier,
    createdAt: Date.now(),
  };
  await compare(
    "3.1.0/02-oauth/014-new-user-callback",
    (options) => callback(url, context, options),
  );
});

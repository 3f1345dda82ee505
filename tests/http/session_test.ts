import {
  createChildSession,
  currentUser,
  deleteSyncAcks,
  getSyncAcks,
  logout,
  request,
  sync,
  syncAck,
  syncBatches,
  syncStream,
} from "@immich-edge/sync";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { checkSession, type Session } from "../../src/http/session.ts";
import { refusing, SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";

test("a session that was stored as JSON is valid", () => {
  const session = JSON.parse(JSON.stringify({ ...SESSION, userId: "1" }));
  assertEquals(checkSession(session), SESSION);
});

test("every function that takes a session checks it before any request", async () => {
  const session = { baseUrl: SESSION.baseUrl } as Session;
  const options = { fetch: refusing };
  const calls = [
    () => createChildSession(session, options),
    () => currentUser(session, options),
    () => deleteSyncAcks(session, options),
    () => getSyncAcks(session, options),
    () => logout(session, options),
    () => request(session, "/albums", options),
    () => sync(session, ["UsersV1"], { process() {}, reset() {} }, options),
    () => syncAck(session, ["UserV1|1"], options),
    () => syncBatches(session, ["UsersV1"], options).next(),
    () => syncStream(session, ["UsersV1"], options),
  ];
  for (const call of calls) {
    await assertRejects(call, TypeError, '"accessToken" must be a string');
  }
});

test("an invalid session is rejected with a reason", () => {
  const { baseUrl, accessToken } = SESSION;
  const cases: [unknown, string][] = [
    [undefined, "received undefined"],
    [null, "received null"],
    ["token", "received string"],
    [{ baseUrl }, '"accessToken" must be a string'],
    [{ baseUrl, accessToken: "" }, '"accessToken" must be a string'],
    [{ baseUrl, accessToken: 1 }, '"accessToken" must be a string'],
    [{ accessToken }, "Cannot use base URL"],
    [{ baseUrl: "immich", accessToken }, "Cannot use base URL"],
  ];
  for (const [value, message] of cases) {
    assertThrows(() => checkSession(value as Session), TypeError, message);
  }
});

test("an API key passed as a session is rejected with a reason", () => {
  const session = { baseUrl: SESSION.baseUrl, apiKey: "key" };
  assertThrows(
    () => checkSession(session as unknown as Session),
    TypeError,
    "Immich rejects API keys on sync endpoints",
  );
});

test("an access token that cannot be sent in a header is rejected without quoting it", () => {
  for (
    const accessToken of ["secret\n", "sec ret", "secret\u00e4", "\u0000secret"]
  ) {
    const error = assertThrows(
      () => checkSession({ ...SESSION, accessToken }),
      TypeError,
    );
    assert(!error.message.includes("secret"), error.message);
  }
});

/** The fake server responds like the recorded servers. */
import { assert, assertEquals } from "@std/assert";
import { syncAck, type SyncRequestType, syncStream } from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { drain } from "../support/fetch.ts";
import { test } from "../support/test.ts";
import {
  linesOf,
  textOf,
  type Transcript,
  transcript,
  transcripts,
} from "../support/transcripts.ts";

const VERSIONS = {
  "2.7.5": { major: 2, minor: 7, patch: 5 },
  "3.1.0": { major: 3, minor: 1, patch: 0, prerelease: null },
};

type Version = keyof typeof VERSIONS;

async function firstStream(version: Version): Promise<Transcript> {
  return await transcript(`${version}/03-sync-admin/002-initial-all`);
}

async function loadedServer(version: Version): Promise<FakeImmich> {
  return new FakeImmich({
    version: VERSIONS[version],
    recording: textOf(await firstStream(version)),
    password: "password",
  });
}

/**
 * Exchanges with endpoints that are neither used by the library nor part of the
 * fake.
 */
const OTHER_ENDPOINTS =
  /server-features|server-config|server-about|validate-token/;

/** Exchanges that cannot be reproduced with a single request. */
const NEEDS_STATE =
  /after-logout|expired-session|after-ack|-idp-|new-user-callback|existing-bob-callback|autoregister|idp-down|limited|deprecated-with|deprecated-last|gzip|-br$/;

/**
 * Sends a recorded request to the fake, with credentials that the fake accepts.
 */
async function replay(
  server: FakeImmich,
  { request }: Transcript,
): Promise<Response> {
  const headers = new Headers(request.headers);
  for (const name of ["host", "content-length"]) headers.delete(name);
  const token = server.createSession().accessToken;
  const worksThere = /Bearer (?!bad)/.test(headers.get("authorization") ?? "");
  if (worksThere) headers.set("authorization", `Bearer ${token}`);
  if (headers.has("x-immich-user-token")) {
    headers.set("x-immich-user-token", token);
  }
  if (
    headers.has("x-api-key") && !headers.get("x-api-key")!.startsWith("bad")
  ) {
    headers.set("x-api-key", server.apiKey);
  }
  const cookie = headers.get("cookie");
  if (cookie !== null) {
    headers.set(
      "cookie",
      cookie.replace(/(immich_access_token=)[^;]*/, `$1${token}`),
    );
  }
  const { method, path, body } = request;
  return await server.handler(
    new Request(`http://127.0.0.1${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    }),
  );
}

/** Asserts that a value has the same keys and types as a recorded one. */
function assertSameShape(
  actual: unknown,
  recorded: unknown,
  where: string,
): void {
  if (actual === null || recorded === null) return;
  assertEquals(typeof actual, typeof recorded, where);
  if (Array.isArray(recorded)) {
    assert(Array.isArray(actual), where);
    if (actual.length > 0 && recorded.length > 0) {
      assertSameShape(actual[0], recorded[0], `${where}[0]`);
    }
  } else if (typeof recorded === "object") {
    const keys = (value: object) =>
      Object.keys(value).filter((key) => !VALIDATION_DETAILS.has(key)).sort();
    assertEquals(keys(actual as object), keys(recorded as object), where);
    for (const key of keys(recorded as object)) {
      const [a, b] = [actual, recorded] as Record<string, unknown>[];
      // Servers differ in whether they send one message or a list.
      if (key === "message") continue;
      assertSameShape(a![key], b![key], `${where}.${key}`);
    }
  }
}

/** Details that are reported by only some kinds of validation. */
const VALIDATION_DETAILS = new Set([
  "origin",
  "format",
  "pattern",
  "expected",
  "minimum",
  "maximum",
  "inclusive",
  "values",
  "prerelease",
]);

/** Most folders contain a request with a cookie. */
const WITHOUT_COOKIES = {
  browser: "pages cannot set the Cookie header",
};

const FOLDERS: [Version, string][] = [
  ["2.7.5", "01-basics"],
  ["2.7.5", "07-errors"],
  ["3.1.0", "01-basics"],
  ["3.1.0", "02-oauth"],
  ["3.1.0", "07-errors"],
];

for (const [version, folder] of FOLDERS) {
  test(
    `the fake's responses for ${version}/${folder} have the recorded shape`,
    async () => {
      const recorded = (await transcripts(`${version}/${folder}`))
        .filter(({ name }) =>
          !OTHER_ENDPOINTS.test(name) && !NEEDS_STATE.test(name)
        );
      let compared = 0;
      for (const exchange of recorded) {
        const off = exchange.name.endsWith("-disabled");
        const server = off
          ? new FakeImmich({ version: VERSIONS[version], provider: "off" })
          : await loadedServer(version);
        const { name, response } = exchange;
        if (isStringForList(exchange)) continue;
        const answer = await replay(server, exchange);
        assertEquals(answer.status, response.status, name);
        const headers = new Headers(response.headers);
        const text = await answer.text();
        for (const header of ["x-correlation-id", "x-immich-cid"]) {
          if (headers.get(header) === "undefined" || isBrokenJson(exchange)) {
            continue;
          }
          assertEquals(
            answer.headers.has(header),
            headers.has(header),
            `${name}: ${header}`,
          );
        }
        if (response.status === 204) assertEquals(text, "", name);
        else if (exchange.request.path === "/api/sync/stream" && answer.ok) {
          assertEquals(
            answer.headers.get("content-type"),
            "application/jsonlines+json",
          );
          assertSameShape(
            JSON.parse(text.split("\n")[0]!),
            linesOf(exchange)[0],
            name,
          );
        } else {
          const body = textOf(exchange);
          if (!isBrokenJson(exchange)) {
            assertSameShape(JSON.parse(text), JSON.parse(body), name);
          }
        }
        compared++;
      }
      assert(compared > 5, `${compared} exchanges were compared`);
    },
    folder === "07-errors" ? {} : { not: WITHOUT_COOKIES },
  );
}

/**
 * 2.x accepts a single type instead of a list, but no client relies on this.
 */
function isStringForList({ name, response }: Transcript): boolean {
  return name === "stream-types-not-array" && response.status === 200;
}

test("the fake keeps a reset pending until its ack arrives, alone or with other acks", async () => {
  const folder = "3.1.0/06-reset";
  const server = await loadedServer("3.1.0");
  const token = server.createSession().accessToken;
  const sessions = await ask("GET", "/api/sessions");
  const [{ id }] = JSON.parse(await sessions.text());

  async function ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Response> {
    const headers = { authorization: `Bearer ${token}` };
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    return await server.fetch(`https://immich.test${path}`, {
      method,
      headers,
      ...init,
    });
  }
  async function compare(name: string, answer: Response): Promise<void> {
    const { response, bytes } = await transcript(`${folder}/${name}`);
    assertEquals(answer.status, response.status, name);
    assertEquals(await answer.text(), new TextDecoder().decode(bytes), name);
  }
  const stream = () => ask("POST", "/api/sync/stream", { types: ["UsersV1"] });
  const ack = (...acks: string[]) => ask("POST", "/api/sync/ack", { acks });
  const pending = () =>
    ask("PUT", `/api/sessions/${id}`, { isPendingSyncReset: true });

  const changed = await pending();
  const recorded = await transcript(`${folder}/007-session-set-pending-reset`);
  assertSameShape(
    JSON.parse(await changed.text()),
    JSON.parse(textOf(recorded)),
    "session",
  );
  await compare("008-pending-reset-stream", await stream());
  await compare("009-pending-reset-stream-again", await stream());
  await compare("010-other-ack-while-pending", await ack("UserV1|1"));
  await compare("011-still-pending", await stream());
  await compare("013-ack-SyncResetV1", await ack("SyncResetV1|reset"));
  await compare(
    "014-ack-get-after-reset-ack",
    await ask("GET", "/api/sync/ack"),
  );
  assertEquals(
    (await (await stream()).text()).includes("SyncCompleteV1"),
    true,
  );

  await (await pending()).text();
  const mixed = await ack("UserV1|1", "SyncResetV1|reset", "SyncCompleteV1|1");
  await compare("024-ack-mixed-with-reset", mixed);
  await compare("025-ack-get-after-mixed", await ask("GET", "/api/sync/ack"));
});

/**
 * A body of invalid JSON fails before the server assigns an id to the request.
 */
function isBrokenJson({ name }: Transcript): boolean {
  return name.endsWith("broken-json");
}

for (const version of ["2.7.5", "3.1.0"] as const) {
  test(`a fake filled from the first stream of ${version} sends the same stream`, async () => {
    const recorded = await firstStream(version);
    const server = await loadedServer(version);
    const { fetch } = server;
    const session = server.createSession();
    const types: SyncRequestType[] = JSON.parse(recorded.request.body!).types;
    const { items, error } = await drain(
      await syncStream(session, types, { fetch }),
    );
    assertEquals(error, undefined);
    // A control event's ack contains the stream's time.
    const untimed = (events: unknown[]) =>
      (events as { type: string; data: unknown; ack: string }[]).map((event) =>
        event.type.startsWith("Sync")
          ? { ...event, ack: event.ack.replace(/\|.*/, "") }
          : event
      );
    assertEquals(untimed(items), untimed(linesOf(recorded)));
  });

  test(`the fake sends only new rows after the acks recorded with ${version}`, async () => {
    const recorded = await firstStream(version);
    const server = await loadedServer(version);
    const { fetch, library } = server;
    const session = server.createSession();
    const types: SyncRequestType[] = JSON.parse(recorded.request.body!).types;
    const events = async () =>
      (await drain(await syncStream(session, types, { fetch }))).items;
    await syncAck(session, await events(), { fetch });
    assertEquals((await events()).map(({ type }) => type as string), [
      "SyncCompleteV1",
    ]);

    const asset = library.assets.find(({ deletedAt }) => deletedAt === null)!;
    library.updateAsset(asset.id, { isFavorite: true });
    const changed = (await events()).filter(({ type }) => /^Asset/.test(type));
    assertEquals(changed.length, 1);
    assertEquals((changed[0]!.data as { id: string }).id, asset.id);
  });
}

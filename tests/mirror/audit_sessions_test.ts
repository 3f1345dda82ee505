/** Which sessions an audit accepts, creates and ends. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import {
  createChildSession,
  getSyncAcks,
  ProtocolError,
  request,
  sync,
} from "../../mod.ts";
import { createMirror, MirrorError, sqlite } from "../../src/mirror/mod.ts";
import type { FakeImmichOptions, SeenRequest } from "../../src/testing/mod.ts";
import { test } from "../support/test.ts";
import {
  countSessions,
  NOTHING,
  openAudited,
  openFilled,
} from "./audit_fixture.ts";

test("an audit does not change the checkpoints of the given session", async () => {
  const { server, session, audit } = await openFilled();
  server.library.addAsset();
  const { fetch } = server;
  const before = await getSyncAcks(session, { fetch });
  await audit();
  assertEquals(await getSyncAcks(session, { fetch }), before);
  assert(before.length > 10);
});

test("an audit finds no fault if the mirror is synced through a child session", async () => {
  const { server, session } = await openFilled();
  const { fetch } = server;
  const child = await createChildSession(session, { fetch });
  const database = sqlite(new DatabaseSync(":memory:"));
  const mirror = await createMirror(database, { userId: server.user.id });
  await mirror.sync(child, { fetch });
  assertEquals(await mirror.audit(child, { fetch }), NOTHING);
  assertEquals(await countSessions(server), 2);
});

test("an audit finds no fault when given a session that never synced the mirror", async () => {
  const { server, mirror } = await openFilled();
  const other = server.createSession();
  assertEquals(await mirror.audit(other, { fetch: server.fetch }), NOTHING);
});

test("an audit with a different session also reports changes since the last sync", async () => {
  const { server, mirror } = await openFilled();
  const { id } = server.library.addPerson();
  const other = server.createSession();
  const { missing, pending } = await mirror.audit(other, {
    fetch: server.fetch,
  });
  assertEquals(missing, [{ table: "people", key: { id } }]);
  assertEquals(pending, 0);
});

test("an audit respects the checkpoints of a sync() that has the mirror as processor", async () => {
  const { server, session, mirror, audit } = await openAudited();
  const { fetch, library } = server;
  library.addAsset();
  await sync(session, ["AssetsV2"], mirror, { fetch });
  library.addAsset();
  assertEquals(await audit(), { ...NOTHING, pending: 1 });
});

test("a child session expires within a day if an audit cannot end it", async () => {
  const now = Date.now();
  const { server, session, mirror } = await openFilled({ now: () => now });
  const { fetch } = server;
  const on = ({ path }: SeenRequest) => path.endsWith("/logout");
  server.inject({ type: "status", status: 500, on, times: 2 });
  assertEquals(await mirror.audit(session, { fetch }), NOTHING);
  const response = await request(session, "/sessions", { fetch });
  const sessions: { current: boolean; expiresAt: string }[] = await response
    .json();
  const left = sessions.filter(({ current }) => !current);
  assertEquals(left.length, 2);
  for (const { expiresAt } of left) {
    assertEquals(Date.parse(expiresAt), now + 24 * 60 * 60 * 1000);
  }
});

const WITHOUT_CHILD_SESSIONS: Record<string, FakeImmichOptions> = {
  "Immich 1.132": { version: { major: 1, minor: 132, patch: 0 } },
  "a compatible server": { compatible: { childSessions: false } },
};

for (const [name, options] of Object.entries(WITHOUT_CHILD_SESSIONS)) {
  test(`an audit on ${name} reports that child sessions are not supported`, async () => {
    const { server, session, sync, mirror } = await openAudited(options);
    server.library.addAsset();
    await sync();
    await assertRejects(
      () => mirror.audit(session, { fetch: server.fetch }),
      ProtocolError,
      "the server does not support child sessions",
    );
  });
}

test("an audit rejects another user's session and a session on another server", async () => {
  const { server, session, mirror } = await openFilled();
  const { fetch, library } = server;
  const { id } = library.addUser({ email: "ann@immich.test" });
  const other = server.createSession(id);
  const { userId: _, ...unnamed } = other;
  const elsewhere = { ...session, baseUrl: "https://elsewhere.test" };
  for (const foreign of [other, unnamed, elsewhere]) {
    const error = await assertRejects(
      () => mirror.audit(foreign, { fetch }),
      MirrorError,
    );
    assertEquals(error.code, "mirror_foreign");
  }
});

/** Which sessions are accepted, and for how long. */
import { assert, assertEquals } from "@std/assert";
import { FakeImmich } from "../../src/testing/mod.ts";
import { Device, RELEASES, typesOf } from "../support/device.ts";
import { test } from "../support/test.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Creates a server with an adjustable clock. */
function serverInTime(): { server: FakeImmich; wait: (ms: number) => void } {
  let time = Date.parse("2026-11-23T09:00:00.000Z");
  const server = new FakeImmich({ now: () => time });
  return { server, wait: (ms) => void (time += ms) };
}

async function statusOf(device: Device): Promise<number> {
  const answer = await device.open(["AssetsV2"]);
  await answer.body?.cancel();
  return answer.status;
}

/** Creates a child session. */
async function childOf(
  server: FakeImmich,
  parent: Device,
  body: object = {},
): Promise<Device> {
  const answer = await parent.ask("POST", "/sessions", body);
  assertEquals(answer.status, 201);
  const { token } = await answer.json();
  const session = { baseUrl: server.baseUrl, accessToken: token };
  return new Device(server, { session });
}

test("an unused session expires after 90 days", async () => {
  const { server, wait } = serverInTime();
  const [used, unused] = [new Device(server), new Device(server)];
  wait(89 * DAY_MS);
  assertEquals(await statusOf(used), 200);
  wait(DAY_MS);
  assertEquals(await statusOf(used), 200);
  assertEquals(await statusOf(unused), 401);
  wait(90 * DAY_MS);
  assertEquals(await statusOf(used), 401);
});

test("a session expires after its duration even if it is in use", async () => {
  const { server, wait } = serverInTime();
  const parent = new Device(server);
  const child = await childOf(server, parent, { duration: 60 });
  wait(59_999);
  assertEquals(await statusOf(child), 200);
  wait(1);
  const answer = await child.open(["AssetsV2"]);
  assertEquals(answer.status, 401);
  assertEquals(await answer.json(), { message: "Invalid user token" });
  assertEquals(await statusOf(parent), 200);
});

test("a session that is deleted by its id ends, and so do its child sessions", async () => {
  const server = new FakeImmich();
  const device = new Device(server);
  const other = new Device(server);
  const child = await childOf(server, other);
  const sessions = await (await other.ask("GET", "/sessions")).json();
  const { id } = sessions.find((session: { current: boolean }) =>
    session.current
  );
  const answer = await device.ask("DELETE", `/sessions/${id}`);
  assertEquals(answer.status, 204);
  assertEquals(await statusOf(other), 401);
  assertEquals(await statusOf(child), 401);
  assertEquals(await statusOf(device), 200);
});

test("each session has its own checkpoints", async () => {
  const server = new FakeImmich();
  server.library.addAsset();
  const [one, two] = [new Device(server), new Device(server)];
  assertEquals((await one.sync(["AssetsV2"])).length, 2);
  assertEquals((await one.sync(["AssetsV2"])).length, 1);
  assertEquals((await two.sync(["AssetsV2"])).length, 2);
});

test("a child session has its own checkpoints", async () => {
  const server = new FakeImmich();
  server.library.addAsset();
  const parent = new Device(server);
  const child = await childOf(server, parent);
  await parent.sync(["AssetsV2"]);
  assertEquals(await child.checkpoints(), {});
  assertEquals(typesOf(await child.sync(["AssetsV2"])), [
    "AssetV2",
    "SyncCompleteV1",
  ]);
  await parent.ack("SyncResetV1|reset");
  assertEquals(Object.keys(await child.checkpoints()).length, 2);
});

test("a child session ends with its parent, but not vice versa", async () => {
  const server = new FakeImmich();
  const parent = new Device(server);
  const child = await childOf(server, parent);
  const grandchild = await childOf(server, child);
  const sibling = await childOf(server, parent);
  await (await child.ask("POST", "/auth/logout")).text();
  const all = [parent, child, grandchild, sibling];
  const statuses = () => Promise.all(all.map(statusOf));
  assertEquals(await statuses(), [200, 401, 401, 200]);
  server.endSession(parent.session);
  assertEquals(await statuses(), [401, 401, 401, 401]);
});

test("a child session ends when its unused parent expires", async () => {
  const { server, wait } = serverInTime();
  const parent = new Device(server);
  const child = await childOf(server, parent);
  wait(60 * DAY_MS);
  assertEquals(await statusOf(child), 200);
  wait(60 * DAY_MS);
  assertEquals(await statusOf(child), 401);
});

test("servers before 1.133 do not create child sessions", async () => {
  for (const [minor, status] of [[132, 404], [133, 201]] as const) {
    const version = { major: 1, minor, patch: 0 };
    const device = new Device(new FakeImmich({ version }));
    const answer = await device.ask("POST", "/sessions", {});
    assertEquals(answer.status, status);
    await answer.body?.cancel();
  }
});

test("logging out deletes the session's checkpoints", async () => {
  const server = new FakeImmich();
  server.library.addAsset();
  const device = new Device(server);
  await device.sync(["AssetsV2"]);
  await (await device.ask("POST", "/auth/logout")).text();
  assertEquals(await statusOf(device), 401);
  const next = new Device(server);
  assertEquals((await next.sync(["AssetsV2"])).length, 2);
});

test("a deleted user's sessions end", async () => {
  const server = new FakeImmich();
  const bob = server.library.addUser({ email: "bob@immich.test" });
  const session = server.createSession(bob.id);
  const device = new Device(server, { session });
  assertEquals(await statusOf(device), 200);
  server.library.deleteUser(bob.id);
  assertEquals(await statusOf(device), 401);
  assertEquals((await device.ask("GET", "/sync/ack")).status, 401);
});

test("the session list shows each session's device and marks the current session", async () => {
  const server = new FakeImmich();
  const bob = server.library.addUser({ email: "bob@immich.test" });
  server.createSession(bob.id);
  const parent = new Device(server);
  await childOf(server, parent, { deviceType: "backup", deviceOS: "Linux" });
  const answer = await parent.ask("GET", "/sessions");
  const list: Record<string, unknown>[] = await answer.json();
  assertEquals(
    list.map(({ deviceType, deviceOS, current }) => [
      deviceType,
      deviceOS,
      current,
    ]),
    [["backup", "Linux", false], ["", "", true]],
  );
});

test("an API key is accepted except on sync endpoints", async () => {
  for (const release of ["2.7.5", "3.1.0"]) {
    const server = new FakeImmich({ version: RELEASES[release]! });
    const headers = { "x-api-key": server.apiKey };
    const ask = (method: string, path: string, body?: string) =>
      server.fetch(`https://immich.test/api${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
    assertEquals((await ask("GET", "/users/me")).status, 200);
    const refused = [
      await ask("POST", "/sync/stream", '{"types":["AssetsV2"]}'),
      await ask("GET", "/sync/ack"),
      await ask("POST", "/sync/ack", '{"acks":[]}'),
      await ask("DELETE", "/sync/ack", "{}"),
    ];
    for (const answer of refused) {
      assertEquals(answer.status, 403);
      const { message } = await answer.json();
      assertEquals(message, "Sync endpoints cannot be used with API keys");
    }
  }
});

test(
  "a session overrides an API key, and a wrong credential is always rejected",
  async () => {
    const server = new FakeImmich();
    const { accessToken } = server.createSession();
    const ask = async (headers: Record<string, string>) => {
      const url = "https://immich.test/api/sync/ack";
      const answer = await server.fetch(url, { headers });
      await answer.body?.cancel();
      return answer.status;
    };
    const key = { "x-api-key": server.apiKey };
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    assertEquals(await ask({ ...key, ...bearer(accessToken) }), 200);
    assertEquals(await ask({ "x-immich-user-token": accessToken }), 200);
    assertEquals(
      await ask({ cookie: `a=b; immich_access_token=${accessToken}` }),
      200,
    );
    assertEquals(await ask({ ...key, ...bearer("wrong") }), 401);
    assertEquals(await ask({ "x-api-key": "wrong" }), 401);
    assertEquals(await ask({}), 401);
  },
  { not: { browser: "pages cannot set the Cookie header" } },
);

test("access tokens are long and unique", () => {
  const server = new FakeImmich();
  const tokens = Array.from(
    { length: 50 },
    () => server.createSession().accessToken,
  );
  assertEquals(new Set(tokens).size, 50);
  assert(tokens.every((token) => token.length > 30));
});

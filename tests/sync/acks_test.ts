import { assertEquals, assertRejects } from "@std/assert";
import {
  deleteSyncAcks,
  getSyncAcks,
  HttpError,
  ProtocolError,
  syncAck,
  syncStream,
} from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { turn } from "../support/events.ts";
import {
  answering,
  answeringJson,
  drain,
  recording,
  refusing,
  SESSION,
} from "../support/fetch.ts";
import { test } from "../support/test.ts";

const noContent = () =>
  recording(answering(() => new Response(null, { status: 204 })));

test("syncAck accepts an iterable with both events and acks", async () => {
  const { fetch, requests } = noContent();
  const acks = new Set(["UserV1|1", { ack: "AssetV2|1" }, { ack: "UserV1|2" }]);
  await syncAck(SESSION, acks, { fetch });
  assertEquals(requests.length, 1);
  const request = requests[0]!;
  assertEquals(request.method, "POST");
  assertEquals(request.url, "https://immich.test/api/sync/ack");
  assertEquals(await request.json(), { acks: ["AssetV2|1", "UserV1|2"] });
});

test("each ack request waits for the previous one, and a failure cancels the rest", async () => {
  const order: string[] = [];
  const fetch = answering(async (request) => {
    const { acks } = await request.json();
    order.push(`begin ${acks}`);
    await turn();
    order.push(`end ${acks}`);
    return new Response(null, { status: acks[0] === "B|1" ? 500 : 204 });
  });
  const acks = ["A|1", "SyncResetV1|reset", "B|1", "SyncCompleteV1|1"];
  await assertRejects(() => syncAck(SESSION, acks, { fetch }), HttpError);
  assertEquals(order, [
    "begin A|1",
    "end A|1",
    "begin SyncResetV1|reset",
    "end SyncResetV1|reset",
    "begin B|1,SyncCompleteV1|1",
    "end B|1,SyncCompleteV1|1",
  ]);
});

test("syncAck sends no request if there is nothing to acknowledge", async () => {
  await syncAck(SESSION, [], { fetch: refusing });
  await syncAck(SESSION, ["", { ack: "" }], { fetch: refusing });
});

test("syncAck rejects a value that is not a list of acks before any request", async () => {
  const lists = ["AssetV2|1", { ack: "AssetV2|1" }, undefined, [1], [{}], [
    null,
  ]];
  for (const list of lists) {
    await assertRejects(
      () => syncAck(SESSION, list as string[], { fetch: refusing }),
      TypeError,
      "Cannot acknowledge",
    );
  }
});

test("an error thrown by syncAck contains the server's message", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  await assertRejects(
    () => syncAck(server.createSession(), ["NopeV1|1"], { fetch }),
    HttpError,
    'Cannot acknowledge: the server answered 400 "Invalid ack type: NopeV1"',
  );
});

test("a stream repeats only the events that were not acknowledged", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  const session = server.createSession();
  const types = async () => {
    const stream = await syncStream(session, ["UsersV1", "AssetsV2"], {
      fetch,
    });
    return (await drain(stream)).items;
  };
  server.library.addAsset();
  const first = await types();
  assertEquals(first.map(({ type }) => type as string), [
    "UserV1",
    "AssetV2",
    "SyncCompleteV1",
  ]);
  await syncAck(session, first.slice(0, 1), { fetch });
  const second = await types();
  assertEquals(second.map(({ type }) => type as string), [
    "AssetV2",
    "SyncCompleteV1",
  ]);
  await syncAck(session, second, { fetch });
  assertEquals((await types()).length, 1);
});

test("checkpoints can be read and deleted", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  const session = server.createSession();
  await syncAck(session, ["UserV1|1", "AssetV2|2"], { fetch });
  assertEquals(await getSyncAcks(session, { fetch }), [
    { type: "UserV1", ack: "UserV1|1" },
    { type: "AssetV2", ack: "AssetV2|2" },
  ]);
  await deleteSyncAcks(session, { types: ["UserV1"], fetch });
  assertEquals((await getSyncAcks(session, { fetch })).length, 1);
  await deleteSyncAcks(session, { fetch });
  assertEquals(await getSyncAcks(session, { fetch }), []);
});

test("deleteSyncAcks sends a JSON body, or no request if its list is empty", async () => {
  const { fetch, requests } = noContent();
  await deleteSyncAcks(SESSION, { fetch });
  await deleteSyncAcks(SESSION, { types: ["UserV1"], fetch });
  assertEquals(await Promise.all(requests.map((request) => request.json())), [
    {},
    { types: ["UserV1"] },
  ]);
  for (const request of requests) {
    assertEquals(request.method, "DELETE");
    assertEquals(request.headers.get("content-type"), "application/json");
  }
  await deleteSyncAcks(SESSION, { types: [], fetch: refusing });
});

test("deleteSyncAcks rejects types that are not an array before any request", async () => {
  for (const value of ["UserV1", null, {}]) {
    const types = value as unknown as [];
    await assertRejects(
      () => deleteSyncAcks(SESSION, { types, fetch: refusing }),
      TypeError,
      "Cannot delete sync checkpoints: types must be an array of entity types",
    );
  }
});

test("getSyncAcks rejects malformed checkpoints", async () => {
  for (const value of [{}, [1], [{ type: "UserV1" }]]) {
    const options = { fetch: answeringJson(value) };
    await assertRejects(() => getSyncAcks(SESSION, options), ProtocolError);
  }
});

/** Servers that are compatible with Immich but differ from it. */
import { assertEquals } from "@std/assert";
import { type CompatibleServer, FakeImmich } from "../../src/testing/mod.ts";
import { Device, typesOf } from "../support/device.ts";
import { test } from "../support/test.ts";

function open(compatible: CompatibleServer) {
  const server = new FakeImmich({ compatible });
  return { server, device: new Device(server) };
}

test("a server that sends pages sends a limited number of rows per type and stream", async () => {
  const { server, device } = open({ pageRows: 2 });
  const ids = [1, 2, 3].map(() => server.library.addAsset().id);
  const next = async () => {
    const lines = await device.sync(["AssetsV2", "AssetExifsV1"]);
    assertEquals(lines.at(-1)!.type, "SyncCompleteV1");
    return lines.filter(({ type }) => type === "AssetV2")
      .map(({ data }) => data["id"]);
  };
  assertEquals(await next(), ids.slice(0, 2));
  assertEquals(await next(), ids.slice(2));
  assertEquals(await next(), []);
});

test("a server that sends snapshots always sends all rows, without deletes or acks", async () => {
  const { server, device } = open({ snapshots: true });
  const { id } = server.library.addAsset();
  const expected = ["AssetV2", "SyncCompleteV1"];
  for (let i = 0; i < 2; i++) {
    const lines = await device.stream(["AssetsV2"]);
    assertEquals(typesOf(lines), expected);
    assertEquals(lines.map(({ ack }) => ack), ["", ""]);
  }
  server.library.deleteAsset(id);
  const lines = await device.stream(["AssetsV2"]);
  assertEquals(typesOf(lines), ["SyncCompleteV1"]);
});

test("a server that sends deletes last skips them once an upsert is acknowledged", async () => {
  const { server, device } = open({ deletesLast: true });
  const gone = server.library.addAsset().id;
  await device.sync(["AssetsV2"]);
  server.library.deleteAsset(gone);
  server.library.addAsset();
  const lines = await device.stream(["AssetsV2"]);
  const types = ["AssetV2", "AssetDeleteV1", "SyncCompleteV1"];
  assertEquals(typesOf(lines), types);
  await device.ack(lines[0]!.ack);
  assertEquals(typesOf(await device.stream(["AssetsV2"])), ["SyncCompleteV1"]);
});

test("a server without child sessions answers a request for a child session with 204", async () => {
  const { device } = open({ childSessions: false });
  assertEquals((await device.ask("POST", "/sessions", {})).status, 204);
});

test("a fake can send its error messages in a field named detail", async () => {
  const { server, device } = open({ errorField: "detail" });
  const refused = await server.fetch(`${server.baseUrl}/api/users/me`);
  assertEquals(await refused.json(), { detail: "Authentication required" });
  const invalid = await device.ask("POST", "/sync/stream", {});
  assertEquals(await invalid.json(), {
    detail: [{
      type: "invalid_type",
      loc: ["body", "types"],
      msg: "Invalid input: expected array, received undefined",
    }],
  });
});

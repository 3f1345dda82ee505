/** When a stream is a reset, and what follows the reset. */
import { assertEquals } from "@std/assert";
import { FakeImmich } from "../../src/testing/mod.ts";
import { positionAt } from "../../src/testing/position.ts";
import { Device, type Line, RELEASES, typesOf } from "../support/device.ts";
import { test } from "../support/test.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Creates a server with an asset, a device that has synced it, and an
 * adjustable clock.
 */
async function synced(
  release: keyof typeof RELEASES = "3.1.0",
): Promise<{
  server: FakeImmich;
  device: Device;
  types: string[];
  wait: (days: number) => void;
}> {
  let time = Date.parse("2026-11-23T09:00:00.000Z");
  const server = new FakeImmich({
    version: RELEASES[release]!,
    now: () => time,
  });
  server.library.addAsset();
  const device = new Device(server);
  const types = [release.startsWith("3") ? "AssetsV2" : "AssetsV1"];
  await device.sync(types);
  return {
    server,
    device,
    types,
    wait: (days) => void (time += days * DAY_MS),
  };
}

const RESET: Line[] = [
  { type: "SyncResetV1", data: {}, ack: "SyncResetV1|reset" },
];

test("a reset is sent until acknowledged, and then everything is sent again", async () => {
  for (const release of ["1.138.1", "2.5.6", "2.7.5", "3.1.0"]) {
    const { server, device, types } = await synced(release);
    const known = await device.checkpoints();
    server.requestReset(device.session);
    assertEquals(await device.stream(types), RESET);
    assertEquals(await device.stream(types), RESET);
    assertEquals(await device.checkpoints(), known);
    const [ack] = Object.values(known);
    assertEquals(await device.ack(ack!), 204);
    assertEquals(await device.stream(types), RESET);

    assertEquals(await device.ack("SyncResetV1|reset"), 204);
    assertEquals(await device.checkpoints(), {});
    assertEquals((await device.stream(types))[0]!.data["type"], "IMAGE");
  }
});

test("servers 1.136 and 1.137 send a reset without an ack and expect reset: true", async () => {
  const { server, device, types } = await synced("1.136.0");
  server.requestReset(device.session);
  const bare = [{ type: "SyncResetV1", data: {} }] as unknown as Line[];
  assertEquals(await device.stream(types), bare);
  assertEquals(await device.ack("SyncResetV1|reset"), 204);
  assertEquals(await device.stream(types), bare);
  const again = await device.stream(types, { reset: true });
  assertEquals(typesOf(again), ["AssetV1"]);
  assertEquals(typesOf(await device.stream(types)), ["AssetV1"]);
});

test("servers up to 1.135 never send a reset and ignore reset: true", async () => {
  const { server, device, types } = await synced("1.135.3");
  server.requestReset(device.session);
  assertEquals(await device.stream(types), []);
  assertEquals(await device.stream(types, { reset: true }), []);
  assertEquals(await device.ack("SyncResetV1|reset"), 400);
});

test("a stream with reset: true starts from the beginning, even if a reset is pending", async () => {
  const { server, device, types } = await synced();
  const complete = ["AssetV2", "SyncCompleteV1"];
  assertEquals(typesOf(await device.stream(types)), ["SyncCompleteV1"]);
  assertEquals(typesOf(await device.stream(types, { reset: true })), complete);
  assertEquals(await device.checkpoints(), {});
  await device.sync(types);
  server.requestReset(device.session);
  assertEquals(typesOf(await device.stream(types, { reset: true })), complete);
  assertEquals(typesOf(await device.stream(types)), complete);
});

test("a session gets a reset 30 days after its last complete stream", async () => {
  const { device, types, wait } = await synced();
  wait(30);
  assertEquals(typesOf(await device.stream(types)), ["SyncCompleteV1"]);
  wait(0.01);
  assertEquals(await device.stream(types), RESET);
  assertEquals(await device.stream(types), RESET);
  assertEquals(await device.ack("SyncResetV1|reset"), 204);
  await device.sync(types);
  assertEquals(typesOf(await device.stream(types)), ["SyncCompleteV1"]);
});

test("a session that acknowledges complete streams regularly never gets a reset", async () => {
  const { device, types, wait } = await synced();
  for (let turn = 0; turn < 6; turn++) {
    wait(25);
    assertEquals(typesOf(await device.sync(types)), ["SyncCompleteV1"]);
  }
});

test("a session that never acknowledged a complete stream never gets a reset", async () => {
  const { server, types, wait } = await synced();
  const device = new Device(server);
  const [asset] = await device.stream(types);
  assertEquals(await device.ack(asset!.ack), 204);
  wait(60);
  assertEquals(typesOf(await device.stream(types)), ["SyncCompleteV1"]);
});

test("a reset is sent only to the session that sends an old SyncCompleteV1 ack", async () => {
  const { server, device, types } = await synced();
  const october = positionAt(Date.parse("2026-10-23T08:59:59.000Z"));
  const stale = `SyncCompleteV1|${october}`;
  assertEquals(await device.ack(stale), 204);
  assertEquals(await device.stream(types), RESET);
  const other = new Device(server);
  assertEquals(typesOf(await other.stream(types)), [
    "AssetV2",
    "SyncCompleteV1",
  ]);
});

test("servers without SyncCompleteV1 do not send a reset after 30 days", async () => {
  const { device, types, wait } = await synced("1.138.1");
  wait(80);
  assertEquals(await device.stream(types), []);
});

test("deletes expire after 31 days, so sessions without a SyncCompleteV1 ack miss them", async () => {
  const { server, device, types, wait } = await synced();
  const neverComplete = new Device(server);
  const [asset] = await neverComplete.stream(types);
  assertEquals(await neverComplete.ack(asset!.ack), 204);
  server.library.deleteAsset(String(asset!.data["id"]));
  wait(31);
  server.forgetDeletes();
  const expected = ["AssetDeleteV1", "SyncCompleteV1"];
  assertEquals(typesOf(await neverComplete.stream(types)), expected);
  wait(0.01);
  server.forgetDeletes();
  assertEquals(typesOf(await neverComplete.stream(types)), ["SyncCompleteV1"]);
  assertEquals(await device.stream(types), RESET);
});

test("a reset for one session does not affect other sessions", async () => {
  const { server, device, types } = await synced();
  const other = new Device(server);
  await other.sync(types);
  server.requestReset(device.session);
  assertEquals(typesOf(await other.stream(types)), ["SyncCompleteV1"]);
  assertEquals(await other.ack("SyncResetV1|reset"), 204);
  assertEquals(await device.stream(types), RESET);
});

/** How the server handles acks, including acks that were not in any stream. */
import { assertEquals } from "@std/assert";
import { FakeImmich } from "../../src/testing/mod.ts";
import {
  Device,
  readBody,
  RELEASES,
  toLines,
  typesOf,
} from "../support/device.ts";
import { test } from "../support/test.ts";

const POSITION = "01a2079e-e970-76b9-9e37-b147a2f53732";

/** Creates a device for a server with three assets. */
function deviceOf(release: keyof typeof RELEASES = "3.1.0"): Device {
  const server = new FakeImmich({ version: RELEASES[release]! });
  for (const _ of "abc") server.library.addAsset();
  return new Device(server);
}

test("reading a stream acknowledges nothing", async () => {
  const device = deviceOf();
  const first = await device.stream(["AssetsV2"]);
  assertEquals(await device.checkpoints(), {});
  const second = await device.stream(["AssetsV2"]);
  assertEquals(second.slice(0, -1), first.slice(0, -1));
});

test("a stream resumes after the acknowledged row", async () => {
  const device = deviceOf();
  const [first, second, third] = await device.stream(["AssetsV2"]);
  assertEquals(await device.ack(second!.ack), 204);
  const rest = await device.stream(["AssetsV2"]);
  assertEquals(rest.slice(0, -1), [third]);
  // An older position moves the checkpoint back.
  assertEquals(await device.ack(first!.ack), 204);
  const again = await device.stream(["AssetsV2"]);
  assertEquals(again.slice(0, -1), [second, third]);
});

test("each ack is stored under the checkpoint name that precedes its first pipe", async () => {
  const device = deviceOf();
  const acks = [
    `AssetV2|${POSITION}`,
    `PartnerAssetBackfillV2|${POSITION}|complete`,
    "UserV1",
  ];
  assertEquals(await device.ack(...acks), 204);
  const [asset, backfill, user] = acks as [string, string, string];
  assertEquals(await device.checkpoints(), {
    AssetV2: asset,
    PartnerAssetBackfillV2: backfill,
    UserV1: user,
  });
});

test("an ack request with an ack of an unknown type is refused as a whole", async () => {
  for (const wrong of ["NopeV1|1", "garbage", "", "|", "assetv2|1"]) {
    const device = deviceOf();
    const good = `AssetV2|${POSITION}`;
    assertEquals(await device.ack(good, wrong), 400, wrong);
    assertEquals(await device.ack(wrong, good), 400, wrong);
    assertEquals(await device.checkpoints(), {});
  }
});

test("an ack request must contain between 1 and 1,000 acks", async () => {
  const device = deviceOf();
  const acks = Array.from({ length: 1001 }, () => `AssetV2|${POSITION}`);
  assertEquals(await device.ack(...acks), 400);
  assertEquals(await device.ack(...acks.slice(1)), 204);
  assertEquals(await device.ack(), 500);
});

test("an ack request without a list of strings is refused", async () => {
  const device = deviceOf();
  for (
    const body of [{}, { acks: "AssetV2|1" }, { acks: [1] }, "", "[]", "{"]
  ) {
    const answer = await device.ask("POST", "/sync/ack", body);
    assertEquals(answer.status, 400, JSON.stringify(body));
    await answer.body?.cancel();
  }
});

test("the last ack for a checkpoint counts, but servers up to 1.135 refuse two acks", async () => {
  for (
    const [release, status] of [["1.135.3", 400], ["1.136.0", 204]] as const
  ) {
    const device = deviceOf(release);
    const [first, second, third] = await device.stream(["AssetsV1"]);
    assertEquals(await device.ack(second!.ack, first!.ack), status, release);
    const rest = await device.stream(["AssetsV1"]);
    const left = status === 204 ? [second, third] : [first, second, third];
    assertEquals(rest.filter(({ type }) => type === "AssetV1"), left);
  }
});

test("the ack for a reset takes effect among other acks, but the others are lost", async () => {
  const device = deviceOf();
  await device.sync(["AssetsV2"]);
  const acks = [
    `UserV1|${POSITION}`,
    "SyncResetV1|reset",
    `AssetV2|${POSITION}`,
  ];
  assertEquals(await device.ack(...acks), 204);
  assertEquals(await device.checkpoints(), {});
});

test("some or all checkpoints can be deleted, and their rows are sent again", async () => {
  const device = deviceOf();
  const types = ["AssetsV2", "AssetExifsV1"];
  const forget = async (body?: unknown) => {
    const answer = await device.ask("DELETE", "/sync/ack", body);
    await answer.body?.cancel();
    return answer.status;
  };
  await device.sync(types);
  assertEquals(await forget({ types: ["AssetV2"] }), 204);
  assertEquals(Object.keys(await device.checkpoints()), [
    "AssetExifV1",
    "SyncCompleteV1",
  ]);
  assertEquals(
    [...new Set(typesOf(await device.sync(types)))].sort(),
    ["AssetV2", "SyncCompleteV1"],
  );
  assertEquals(await forget({}), 204);
  assertEquals(await device.checkpoints(), {});
  assertEquals((await device.sync(types)).length, 7);
});

test("deleting checkpoints requires a body, which may list only known types", async () => {
  const device = deviceOf();
  await device.sync(["AssetsV2"]);
  const cases: [body: unknown, status: number][] = [
    [undefined, 400],
    [{ types: [] }, 500],
    [{ types: "AssetV2" }, 400],
    [{ types: ["NopeV1"] }, 400],
    [{ types: ["AssetV2", "NopeV1"] }, 400],
  ];
  for (const [body, status] of cases) {
    const answer = await device.ask("DELETE", "/sync/ack", body);
    assertEquals(answer.status, status, JSON.stringify(body));
    await answer.body?.cancel();
  }
  assertEquals(Object.keys(await device.checkpoints()), [
    "AssetV2",
    "SyncCompleteV1",
  ]);
});

test("an ack with an invalid id is accepted, but the next stream stalls at its type", async () => {
  for (const wrong of ["AssetV2|not-a-uuid", "AssetV2", "AssetV2|"]) {
    const device = deviceOf();
    assertEquals(await device.ack(wrong), 204);
    const answer = await device.open(["AuthUsersV1", "AssetsV2", "UsersV1"]);
    assertEquals(answer.status, 200);
    const { text, end } = await readBody(answer);
    assertEquals(typesOf(toLines(text)), ["AuthUserV1", "UserV1"], wrong);
    assertEquals(end, "silent");

    const heal = await device.ask("DELETE", "/sync/ack", {
      types: ["AssetV2"],
    });
    assertEquals(heal.status, 204);
    const healed = await device.stream(["AuthUsersV1", "AssetsV2"]);
    assertEquals(healed.length, 5);
  }
});

test("an ack with an invalid share id is accepted, but the next stream stalls", async () => {
  const server = new FakeImmich();
  const bob = server.library.addUser({ email: "bob@immich.test" });
  const library = server.library.as(bob.id);
  library.addAsset();
  library.addPartner(server.user.id);
  const device = new Device(server);
  await device.sync(["PartnerAssetsV2"]);
  library.removePartner(server.user.id);
  library.addPartner(server.user.id);
  const [row] = await device.stream(["PartnerAssetsV2"]);
  const [type, share] = row!.ack.split("|");
  assertEquals(await device.ack(`${type}|${share}|not-a-uuid`), 204);
  const { end } = await readBody(
    await device.open(["AuthUsersV1", "PartnerAssetsV2"]),
  );
  assertEquals(end, "silent");
});

test("acks have the same effect with and without a final pipe", async () => {
  const device = deviceOf();
  const lines = await device.stream(["AssetsV2"]);
  for (const { ack } of lines) assertEquals(await device.ack(`${ack}|`), 204);
  assertEquals(typesOf(await device.stream(["AssetsV2"])), ["SyncCompleteV1"]);
});

test("an ack that arrives during a stream applies only to the next stream", async () => {
  const device = deviceOf();
  const lines = await device.stream(["AssetsV2"]);
  const answer = await device.open(["AuthUsersV1", "AssetsV2"]);
  assertEquals(await device.ack(lines[2]!.ack), 204);
  assertEquals(toLines(await answer.text()).length, 5);
  assertEquals(typesOf(await device.stream(["AssetsV2"])), ["SyncCompleteV1"]);
});

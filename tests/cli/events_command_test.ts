import { assert, assertEquals, assertMatch } from "@std/assert";
import { sessionIds } from "../support/kept.ts";
import { test } from "../support/test.ts";
import { type Setup, setUp } from "./harness.ts";

async function signedIn(): Promise<Setup> {
  const all = await setUp();
  for (const name of ["beach.jpg", "lake.jpg"]) {
    all.fake.library.addAsset({ originalFileName: name });
  }
  await all.login();
  return all;
}

const parse = (stdout: string) =>
  stdout.split("\n").filter((line) => line !== "").map((line) =>
    JSON.parse(line)
  );

const acks = ({ fake }: Setup) =>
  fake.requests.filter(({ method, path }) =>
    method === "POST" && path.endsWith("/sync/ack")
  ).length;

test("events without --ack prints every event in each run, and acknowledges none", async () => {
  await using all = await signedIn();
  const first = await all.cli("events --types AssetsV2");
  const second = await all.cli("events --types AssetsV2");
  assertEquals([first.code, first.stderr], [0, ""]);
  assertEquals(second.stdout, first.stdout);
  const events = parse(first.stdout);
  assertEquals(events.map(({ type, data }) => [type, data.originalFileName]), [
    ["AssetV2", "beach.jpg"],
    ["AssetV2", "lake.jpg"],
  ]);
  assertEquals(acks(all), 0);
  assertEquals((await sessionIds(all.fake)).length, 1);
});

test("events of all types are printed by default, even from a 2.x server", async () => {
  await using all = await setUp({ version: { major: 2, minor: 7, patch: 5 } });
  all.fake.library.addAsset();
  await all.login();
  for (const args of ["events", "events --ack"]) {
    const types = parse((await all.cli(args)).stdout).map(({ type }) => type);
    assert(types.includes("AssetV1") && types.includes("AuthUserV1"), args);
    assert(!types.some((type) => /^Sync(?:Ack|Complete)/.test(type)), args);
  }
});

test("a large library is printed in parts, and each event once", async () => {
  await using all = await setUp();
  for (let i = 0; i < 500; i++) all.fake.library.addAsset();
  await all.login();
  let writes = 0;
  const { stdout } = await all.cli("events --types AssetsV2", {
    stdout: { onWrite: () => writes++ },
  });
  assert(writes > 1);
  const ids = parse(stdout).map(({ data }) => data.id);
  assertEquals(new Set(ids).size, ids.length);
  assertEquals(ids.length, 500);
});

test("events --ack prints only what has changed since its previous run", async () => {
  await using all = await signedIn();
  const args = "events --ack --types AssetsV2";
  assertEquals(parse((await all.cli(args)).stdout).length, 2);
  assertEquals((await all.cli(args)).stdout, "");
  const { id } = all.fake.library.addAsset();
  const [event, ...rest] = parse((await all.cli(args)).stdout);
  assertEquals([event.data.id, rest], [id, []]);
});

test("a reset by the server is printed, followed by the whole library", async () => {
  await using all = await signedIn();
  const args = "events --ack --types AssetsV2";
  await all.cli(args);
  const { baseUrl, requests } = all.fake;
  const { headers } = requests.findLast(({ path }) =>
    path.endsWith("/sync/stream")
  )!;
  const accessToken = headers.authorization!.replace("Bearer ", "");
  all.fake.requestReset({ baseUrl, accessToken });
  const types = parse((await all.cli(args)).stdout).map(({ type }) => type);
  assertEquals(types, ["SyncResetV1", "AssetV2", "AssetV2"]);
});

test("a new session prints a reset, because everything is sent again", async () => {
  await using all = await signedIn();
  const args = "events --ack --types AssetsV2";
  await all.cli(args);
  await all.login();
  const isClosed = { stdout: { isClosed: true } };
  assertEquals((await all.cli(args, isClosed)).code, 141);
  const types = parse((await all.cli(args)).stdout).map(({ type }) => type);
  assertEquals(types, ["SyncResetV1", "AssetV2", "AssetV2"]);
  assertEquals((await all.cli(args)).stdout, "");
});

test("a closed pipe ends the command quietly, and only written events are acked", async () => {
  await using all = await signedIn();
  const closed = await all.cli("events --ack", { stdout: { isClosed: true } });
  assertEquals(closed, { code: 141, stdout: "", stderr: "" });
  assertEquals(acks(all), 0);
  const { code, stdout } = await all.cli("events --ack");
  assertEquals(code, 0);
  assert(parse(stdout).length >= 4);
  assertEquals(
    await all.cli("events", { stdout: { isClosed: true } }),
    { code: 141, stdout: "", stderr: "" },
  );
});

test("a photo's name cannot control the terminal, and keeps every character", async () => {
  await using all = await setUp();
  // Escape, the one-character CSI, a reversal of the text, and a flag of tags.
  const name = "\x1b[2J \x9b2J \u202egpj \u{e0067}\u{e007f} ä 📷\u2028.jpg";
  all.fake.library.addAsset({ originalFileName: name });
  await all.login();
  const { stdout } = await all.cli("events --types AssetsV2");
  assertMatch(stdout, /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+\n$/u);
  assertEquals(parse(stdout)[0].data.originalFileName, name);
});

/** Differences between server releases. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { FakeImmich } from "../../src/testing/mod.ts";
import entities from "../protocol/entities.json" with { type: "json" };
import requests from "../protocol/requests.json" with { type: "json" };
import shapes25 from "../protocol/shapes-2.5.6.json" with { type: "json" };
import shapes31 from "../protocol/shapes-3.1.0.json" with { type: "json" };
import {
  allTypes,
  Device,
  readBody,
  RELEASES,
  typesOf,
} from "../support/device.ts";
import { test } from "../support/test.ts";

/**
 * The measured types and the types expected in 3.3.0, each after its
 * predecessor.
 */
const MEASURED = Object.entries(requests.requests).flatMap(
  ([type, request]) => {
    const since = { ...request, since: "3.3.0" };
    const more: [string, typeof request][] = {
      AuthUsersV1: [["AuthUsersV2", { ...since, entities: ["AuthUserV2"] }]],
      AssetFacesV2: [["AssetFacesV3", {
        ...since,
        entities: ["AssetFaceDeleteV1", "AssetFaceV3"],
      }]],
    }[type] as never ?? [];
    return [[type, request] as [string, typeof request], ...more];
  },
);

/** Returns whether a release is at least as new as another. */
function isSince(release: string, other: string): boolean {
  const order = release.localeCompare(other, "en", { numeric: true });
  return order >= 0;
}

/** Creates a server with every kind of row. */
function fullServer(release: string): FakeImmich {
  const server = new FakeImmich({ version: RELEASES[release]! });
  const { library, user } = server;
  const bob = library.addUser({ email: "bob@immich.test" });
  const { id } = library.addAsset({ type: "VIDEO", duration: 61_500 });
  const other = library.addAsset();
  library.shareAlbum(library.addAlbum({}, [id]).id, bob.id);
  library.addStack([id, other.id]);
  library.addMemory({}, [id]);
  library.addFace(id, { personId: library.addPerson().id });
  library.setMetadata(id, "app", { mark: 1 });
  library.setSettings("preferences", {});
  library.addOcr(id);
  library.editAsset(id, [{}]);
  library.as(bob.id).addPartner(user.id);
  const shared = library.as(bob.id).addAsset();
  library.as(bob.id).addStack([shared.id]);
  return server;
}

for (const release of Object.keys(RELEASES)) {
  test(`a ${release} server accepts its own request types and refuses all others`, async () => {
    const device = new Device(new FakeImmich({ version: RELEASES[release]! }));
    for (const [type, { since, retired }] of MEASURED) {
      const answer = await device.open([type]);
      const body = await answer.text();
      const known = isSince(release, since);
      const isRetired = retired !== null && isSince(release, retired);
      assertEquals(answer.status, known && !isRetired ? 200 : 400, type);
      assertEquals(/is deprecated, use/.test(body), known && isRetired, type);
    }
  });

  test(`a ${release} server sends the entity types of each request type in order`, async () => {
    const device = new Device(fullServer(release));
    const always = isSince(release, "1.141.0") ? ["SyncCompleteV1"] : [];
    for (const type of allTypes(RELEASES[release]!)) {
      const measured = MEASURED.find(([name]) => name === type)![1].entities;
      const sent = typesOf(await device.stream([type]));
      const rows = sent.filter((entity) => entity !== "SyncAckV1");
      assertEquals(rows.splice(rows.length - always.length), always, type);
      assert(rows.length > 0, type);
      const places = rows.map((entity) => measured.indexOf(entity));
      assert(!places.includes(-1), `${type}: ${rows}`);
      assertEquals(places, places.toSorted((a, b) => a - b), type);
    }
  });

  test(`a ${release} server sends rows in the request type order of its release`, async () => {
    const device = new Device(fullServer(release));
    const types = allTypes(RELEASES[release]!);
    const straight = await device.stream(types);
    const reversed = await device.stream(types.toReversed());
    assertEquals(typesOf(reversed), typesOf(straight));
    const order = MEASURED.flatMap(([, { entities }]) => entities);
    const places = typesOf(straight).map((type) => order.indexOf(type))
      .filter((place) => place !== -1);
    assertEquals(places, places.toSorted((a, b) => a - b));
  });

  test(`a ${release} server accepts acks for its own entity types only`, async () => {
    const device = new Device(new FakeImmich({ version: RELEASES[release]! }));
    const position = "01a2079e-e970-76b9-9e37-b147a2f53732";
    for (const type of Object.keys(entities.data)) {
      if (type.startsWith("Sync")) continue;
      const known = MEASURED.some(([, request]) =>
        request.entities.includes(type) && isSince(release, request.since)
      );
      const status = await device.ack(`${type}|${position}`);
      assertEquals(status, known ? 204 : 400, type);
    }
    const complete = await device.ack(`SyncCompleteV1|${position}`);
    assertEquals(complete, isSince(release, "1.141.0") ? 204 : 400);
  });
}

test("rows from 2.5.6 and 3.1.0 servers have the fields declared by those servers", async () => {
  const declared = { "2.5.6": shapes25.shapes, "3.1.0": shapes31.shapes };
  for (const [release, shapes] of Object.entries(declared)) {
    const device = new Device(fullServer(release));
    const seen = new Set<string>();
    for (
      const { type, data } of await device.stream(allTypes(RELEASES[release]!))
    ) {
      const names = entities.data as Record<string, string>;
      const fields = (shapes as Record<string, object>)[names[type]!];
      assertEquals(Object.keys(data).sort(), Object.keys(fields!).sort(), type);
      seen.add(type);
    }
    assert(seen.size > 15, `${seen.size} types were compared`);
  }
});

test("a 3.3 server sends null as the OAuth id of a user without one", async () => {
  const oauthIdIn = async (release: string, type: string) => {
    const [line] = await new Device(fullServer(release)).stream([type]);
    return [line!.type, line!.data["oauthId"]];
  };
  assertEquals(await oauthIdIn("3.3.0", "AuthUsersV2"), ["AuthUserV2", null]);
  assertEquals(await oauthIdIn("3.3.0", "AuthUsersV1"), ["AuthUserV1", ""]);
});

test("users of 3.2.0 and later servers belong to a cluster group", async () => {
  const groupIn = async (release: string) => {
    const device = new Device(new FakeImmich({ version: RELEASES[release]! }));
    const answer = await device.ask("GET", "/users/me");
    return typeof (await answer.json()).clusterGroupId;
  };
  assertEquals(await groupIn("3.1.0"), "undefined");
  assertEquals(await groupIn("3.2.2"), "string");
});

test("a duration is a string in 2.x and a number of milliseconds in 3.x", async () => {
  const durationIn = async (release: string, type: string) => {
    const lines = await new Device(fullServer(release)).stream([type]);
    return lines.find(({ data }) => data["type"] === "VIDEO")?.data["duration"];
  };
  assertEquals(await durationIn("2.7.5", "AssetsV1"), "00:01:01.500");
  assertEquals(await durationIn("3.1.0", "AssetsV2"), 61_500);
});

test("an album's owner is a field in 2.x, and one of the album's users in 3.x", async () => {
  const rolesIn = async (release: string, types: string[]) => {
    const lines = await new Device(fullServer(release)).stream(types);
    return lines.filter(({ type }) => !type.startsWith("Sync"))
      .map(({ data }) => data["role"] ?? ("ownerId" in data));
  };
  assertEquals(await rolesIn("2.7.5", ["AlbumsV1", "AlbumUsersV1"]), [
    true,
    "viewer",
  ]);
  assertEquals(await rolesIn("3.1.0", ["AlbumsV2", "AlbumUsersV1"]), [
    false,
    "owner",
    "viewer",
  ]);
});

test("2.x sends an album's contents once per album user, but 3.x only once", async () => {
  for (const [release, times] of [["2.7.5", 2], ["3.1.0", 1]] as const) {
    const server = new FakeImmich({ version: RELEASES[release]! });
    const { library } = server;
    const album = library.addAlbum({}, [library.addAsset().id]);
    for (const name of ["bob", "eve"]) {
      const { id } = library.addUser({ email: `${name}@immich.test` });
      library.shareAlbum(album.id, id);
    }
    const v = release === "3.1.0" ? "V2" : "V1";
    const types = [`AlbumAssets${v}`, "AlbumToAssetsV1", "AlbumAssetExifsV1"];
    const lines = await new Device(server).stream(types);
    for (
      const type of [
        `AlbumAssetCreate${v}`,
        "AlbumToAssetV1",
        "AlbumAssetExifCreateV1",
      ]
    ) {
      const rows = lines.filter((line) => line.type === type);
      assertEquals(rows.length, times, `${release} ${type}`);
      assertEquals(new Set(rows.map(({ ack }) => ack)).size, 1);
    }
  }
});

test("2.x servers reveal other users' favorites, but 3.x servers do not", async () => {
  for (const [release, shown] of [["2.7.5", true], ["3.1.0", false]] as const) {
    const server = new FakeImmich({ version: RELEASES[release]! });
    const bob = server.library.addUser({ email: "bob@immich.test" });
    const library = server.library.as(bob.id);
    const { id } = library.addAsset({ isFavorite: true });
    library.addPartner(server.user.id);
    const type = release === "3.1.0" ? "PartnerAssetsV2" : "PartnerAssetsV1";
    const [line] = await new Device(server).stream([type]);
    assertEquals([line!.data["id"], line!.data["isFavorite"]], [id, shown]);
    const own = new Device(server, { session: server.createSession(bob.id) });
    const [mine] = await own.stream([type.replace("Partner", "")]);
    assertEquals(mine!.data["isFavorite"], true);
  }
});

test("errors have more details in 2.x, and their correlation id in a header in 3.x", async () => {
  const answerOf = async (release: string) => {
    const server = new FakeImmich({ version: RELEASES[release]! });
    return await new Device(server).ask("POST", "/sync/stream", {});
  };
  const old = await answerOf("2.7.5");
  const { message, correlationId, ...rest } = await old.json();
  assertEquals(rest, { error: "Bad Request", statusCode: 400 });
  assert(Array.isArray(message), "a list of messages");
  assertMatch(correlationId, /^\w{8}$/);
  assertEquals(old.headers.get("x-immich-cid"), correlationId);

  const modern = await answerOf("3.1.0");
  const body = await modern.json();
  assertEquals(Object.keys(body), ["message", "errors"]);
  assertMatch(modern.headers.get("x-correlation-id")!, /^\w{8}$/);
});

test("a retired request type is refused if sent alone, but stalls a stream with others", async () => {
  const server = fullServer("3.1.0");
  const device = new Device(server);
  const first = await device.open(["AssetsV1", "AssetExifsV1"]);
  assertEquals([first.status, (await first.json()).message], [
    400,
    "SyncRequestType.AssetsV1 is deprecated, use SyncRequestType.AssetsV2 instead",
  ]);
  const later = await device.open(["AuthUsersV1", "AssetsV1"]);
  assertEquals(later.status, 200);
  const { text, end } = await readBody(later);
  assertEquals([text.split("\n").length, end], [2, "silent"]);
  assertEquals(server.openStreams, 0);
});

test("servers up to 1.131 ignore the client's OAuth state and generate their own", async () => {
  const stateIn = async (minor: number) => {
    const server = new FakeImmich({ version: { major: 1, minor, patch: 0 } });
    const answer = await new Device(server).ask("POST", "/oauth/authorize", {
      redirectUri: "https://app.example/cb",
      state: "ours",
      codeChallenge: "challenge",
    });
    const { searchParams } = new URL((await answer.json()).url);
    return [
      searchParams.get("state") === "ours",
      searchParams.has("code_challenge"),
    ];
  };
  assertEquals(await stateIn(131), [false, false]);
  assertEquals(await stateIn(132), [true, true]);
});

test("requesting two versions of one type sends each row twice", async () => {
  for (
    const [release, type, entity] of [
      ["2.7.5", "AssetFaces", "AssetFace"],
      ["3.1.0", "Albums", "Album"],
    ] as const
  ) {
    const device = new Device(fullServer(release));
    const lines = await device.stream([`${type}V1`, `${type}V2`]);
    const rows = lines.slice(0, -1);
    assertEquals(typesOf(rows), [`${entity}V1`, `${entity}V2`]);
    assertEquals(rows[0]!.data["id"], rows[1]!.data["id"]);
  }
});

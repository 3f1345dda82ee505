import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  authorize,
  callback,
  currentUser,
  HttpError,
  login,
  OAuthError,
  serverVersion,
  type Session,
  syncAck,
  type SyncEvent,
  type SyncRequestType,
  syncStream,
} from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { drain } from "../support/fetch.ts";
import { test } from "../support/test.ts";

/** Reads all that is new, and acknowledges it. */
async function sync(
  server: FakeImmich,
  session: Session,
  types: SyncRequestType[],
): Promise<SyncEvent[]> {
  const { fetch } = server;
  const { items, error } = await drain(
    await syncStream(session, types, { fetch }),
  );
  if (error !== undefined) throw error;
  await syncAck(session, items, { fetch });
  return items.slice(0, -1);
}

const typesOf = (events: SyncEvent[]) =>
  events.map(({ type }) => type as string);

test("without options there is a user with an empty library", async () => {
  const server = new FakeImmich();
  assertEquals(server.user.email, "demo@immich.test");
  assertEquals(server.library.assets, []);
  const events = await sync(server, server.createSession(), [
    "AuthUsersV1",
    "AssetsV2",
  ]);
  assertEquals(typesOf(events), ["AuthUserV1"]);
});

test("the user, the password, the version and the address can be chosen", async () => {
  const server = new FakeImmich({
    baseUrl: "https://photos.test/immich/api/",
    email: "ada@immich.test",
    password: "engine",
    version: { major: 2, minor: 7, patch: 5 },
  });
  const { baseUrl, fetch } = server;
  assertEquals(baseUrl, "https://photos.test/immich");
  assertEquals(server.user.name, "ada");
  await login("ada@immich.test", "engine", { baseUrl, fetch });
  const { minor } = await serverVersion({ baseUrl }, { fetch });
  assertEquals(minor, 7);
});

test("a server below a sub-path answers there", async () => {
  const server = new FakeImmich({ baseUrl: "https://photos.test/immich" });
  const { baseUrl, fetch } = server;
  const session = await login("demo@immich.test", "demo", { baseUrl, fetch });
  assertEquals((await currentUser(session, { fetch })).id, server.user.id);
});

test("every request is remembered", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  await currentUser(server.createSession(), { fetch });
  const [seen] = server.requests;
  assertEquals([seen?.method, seen?.path, seen?.body], [
    "GET",
    "/api/users/me",
    "",
  ]);
  assert(seen?.headers.authorization?.startsWith("Bearer "));
});

test("each change of the library is an event of the next stream, and of none after", async () => {
  const server = new FakeImmich();
  const { library } = server;
  const session = server.createSession();
  const types: SyncRequestType[] = [
    "AssetsV2",
    "AssetExifsV1",
    "AlbumsV2",
    "AlbumToAssetsV1",
  ];
  const next = async () => typesOf(await sync(server, session, types));

  const { id } = library.addAsset({ originalFileName: "a.jpg" });
  assertEquals(await next(), ["AssetV2", "AssetExifV1"]);
  library.updateAsset(id, { isFavorite: true });
  assertEquals(await next(), ["AssetV2"]);
  library.updateExif(id, { city: "Köln" });
  assertEquals(await next(), ["AssetExifV1"]);
  const album = library.addAlbum({ name: "Summer" });
  assertEquals(await next(), ["AlbumV2"]);
  library.addToAlbum(album.id, [id]);
  assertEquals(await next(), ["AlbumV2", "AlbumToAssetV1"]);
  library.updateAlbum(album.id, { name: "Winter" });
  assertEquals(await next(), ["AlbumV2"]);
  library.trashAsset(id);
  assertEquals(await next(), ["AssetV2"]);
  library.deleteAsset(id);
  assertEquals(await next(), ["AssetDeleteV1", "AlbumToAssetDeleteV1"]);
  library.deleteAlbum(album.id);
  assertEquals(await next(), ["AlbumDeleteV1"]);
  assertEquals(await next(), []);
});

test("changing what is not there is refused", () => {
  const { library } = new FakeImmich();
  const changes = [
    () => library.updateAsset("none", {}),
    () => library.trashAsset("none"),
    () => library.deleteAsset("none"),
    () => library.updateAlbum("none", {}),
    () => library.deleteAlbum("none"),
  ];
  for (const change of changes) {
    assertThrows(change, RangeError, 'has no "none"');
  }
});

test("rows come in the order of their changes", async () => {
  const server = new FakeImmich();
  const { library } = server;
  const [a, b, c] = ["a", "b", "c"].map((name) =>
    library.addAsset({ originalFileName: name })
  );
  library.updateAsset(a!.id, { isFavorite: true });
  const events = await sync(server, server.createSession(), ["AssetsV2"]);
  const ids = events.map(({ data }) => (data as { id: string }).id);
  assertEquals(ids, [b!.id, c!.id, a!.id]);
});

test("a user sees users, but no assets of others", async () => {
  const server = new FakeImmich();
  const other = server.library.addUser({ email: "bob@immich.test" });
  server.library.addAsset({ ownerId: other.id });
  const events = await sync(server, server.createSession(), [
    "UsersV1",
    "AssetsV2",
  ]);
  assertEquals(typesOf(events), ["UserV1", "UserV1"]);
});

test("what is said of a user to others holds no secret", async () => {
  const server = new FakeImmich();
  server.library.addUser({
    email: "bob@immich.test",
    pinCode: "hash",
    oauthId: "id",
  });
  const events = await sync(server, server.createSession(), ["UsersV1"]);
  for (const { data } of events) {
    assert(
      !("pinCode" in (data as object)) && !("oauthId" in (data as object)),
    );
  }
});

test("checkpoints belong to the session", async () => {
  const server = new FakeImmich();
  server.library.addAsset();
  const [one, two] = [server.createSession(), server.createSession()];
  assertEquals((await sync(server, one, ["AssetsV2"])).length, 1);
  assertEquals((await sync(server, one, ["AssetsV2"])).length, 0);
  assertEquals((await sync(server, two, ["AssetsV2"])).length, 1);
});

test("a reset stays until it is acknowledged, and then everything comes again", async () => {
  const server = new FakeImmich();
  const { fetch, library } = server;
  library.addAsset();
  const session = server.createSession();
  await sync(server, session, ["AssetsV2"]);
  server.requestReset(session);
  const stream = async () =>
    typesOf(
      (await drain(await syncStream(session, ["AssetsV2"], { fetch }))).items,
    );
  assertEquals(await stream(), ["SyncResetV1"]);
  await syncAck(session, ["AssetV2|1"], { fetch });
  assertEquals(await stream(), ["SyncResetV1"]);
  await syncAck(session, ["SyncResetV1|reset"], { fetch });
  assertEquals(await stream(), ["AssetV2", "SyncCompleteV1"]);
});

test("a stream that is asked to start over forgets the checkpoints", async () => {
  const server = new FakeImmich();
  const { fetch, library } = server;
  library.addAsset();
  const session = server.createSession();
  await sync(server, session, ["AssetsV2"]);
  const stream = await syncStream(session, ["AssetsV2"], {
    fetch,
    reset: true,
  });
  assertEquals(typesOf((await drain(stream)).items), [
    "AssetV2",
    "SyncCompleteV1",
  ]);
});

test("an ack list with a reset in it is a reset, and the rest of it is lost", async () => {
  const server = new FakeImmich();
  server.library.addAsset();
  const session = server.createSession();
  const body = JSON.stringify({
    acks: ["AssetV2|ffffffff", "SyncResetV1|reset"],
  });
  const response = await server.fetch("https://immich.test/api/sync/ack", {
    method: "POST",
    body,
    headers: { authorization: `Bearer ${session.accessToken}` },
  });
  assertEquals(response.status, 204);
  assertEquals((await sync(server, session, ["AssetsV2"])).length, 1);
});

test("a provider that refuses sends the user back with the reason", async () => {
  const server = new FakeImmich({ provider: "refuse" });
  const { baseUrl, fetch } = server;
  const { url, context } = await authorize("https://app.example/cb", {
    baseUrl,
    fetch,
  });
  const { headers } = await fetch(url, { redirect: "manual" });
  const error = await assertRejects(
    () => callback(headers.get("location")!, context, { fetch }),
    OAuthError,
  );
  assertEquals(error.error_description, "End-User aborted interaction");
});

test("a provider with a page leaves it to the user", async () => {
  const server = new FakeImmich({ provider: "page" });
  const { baseUrl, fetch } = server;
  const { url, context } = await authorize("https://app.example/cb", {
    baseUrl,
    fetch,
  });
  const page = await (await fetch(url)).text();
  const links = Array.from(
    page.matchAll(/id="(\w+)" href="([^"]+)"/g),
    ([, id, href]) => [id, href!.replaceAll("&amp;", "&")],
  );
  const { approve, refuse } = Object.fromEntries(links);
  const refused = (await fetch(refuse)).headers.get("location")!;
  assertEquals(new URL(refused).searchParams.get("error"), "access_denied");
  const approved = (await fetch(approve)).headers.get("location")!;
  const session = await callback(approved, context, { fetch });
  assertEquals(session.userId, server.user.id);
});

test("the API key works outside of the sync endpoints only", async () => {
  const server = new FakeImmich();
  const headers = { "x-api-key": server.apiKey };
  const ask = (path: string) =>
    server.fetch(`https://immich.test/api${path}`, { headers });
  assertEquals((await ask("/users/me")).status, 200);
  assertEquals((await ask("/sync/ack")).status, 403);
});

test("a recording that tells no user is refused", () => {
  assertThrows(
    () =>
      new FakeImmich({
        recording: '{"type":"SyncCompleteV1","data":{},"ack":""}\n',
      }),
    TypeError,
    "it must hold an AuthUserV1 event",
  );
});

test("an older server takes no newer types", async () => {
  const server = new FakeImmich({ version: { major: 2, minor: 7, patch: 5 } });
  const { fetch } = server;
  await assertRejects(
    () => syncStream(server.createSession(), ["AssetsV2"], { fetch }),
    HttpError,
    "Cannot open the sync stream: the server answered 400",
  );
});

test("an abort ends a stream in memory as it would over a socket", async () => {
  const server = new FakeImmich();
  const { fetch } = server;
  const controller = new AbortController();
  const { signal } = controller;
  const session = server.createSession();
  const types = ["AuthUsersV1", "AssetsV1"] as const; // Never ends: a retired type.
  const reader = (await syncStream(session, types, { fetch, signal }))
    .getReader();
  await reader.read();
  const pending = reader.read().catch((error) => error);
  controller.abort("enough");
  assertEquals(await pending, "enough");
  await assertRejects(() => server.fetch("https://immich.test/", { signal }));
});

/** The endpoints that read and change a library. */
import { assertEquals } from "@std/assert";
import { HttpError, request, type RequestOptions } from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { RELEASES } from "../support/device.ts";
import { test } from "../support/test.ts";

type Method = NonNullable<RequestOptions["method"]>;

/** Creates the administrator, Bob and Cleo on a fake server. */
function createUsers(release: keyof typeof RELEASES = "3.1.0") {
  const server = new FakeImmich({ version: RELEASES[release]! });
  const { fetch, library, user } = server;
  const [bob, cleo] = ["bob", "cleo"].map((name) =>
    library.addUser({ email: `${name}@immich.test` }).id
  ) as [string, string];

  /** Calls an endpoint. Returns the JSON, or the status and message of an error. */
  function as(userId: string) {
    const session = server.createSession(userId);
    return async (method: Method, path: string, body?: object) => {
      try {
        const init = { method, fetch, ...(body === undefined ? {} : { body }) };
        const text = await (await request(session, path, init)).text();
        return text === "" ? undefined : JSON.parse(text);
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        return `${error.status} ${error.serverMessage}`;
      }
    };
  }

  return { server, library, as, admin: user.id, bob, cleo };
}

/** Creates the form for an upload. */
function toForm(content: string): FormData {
  const form = new FormData();
  form.set("assetData", new Blob([content]), "a.jpg");
  form.set("fileCreatedAt", "2026-01-02T03:04:05.000Z");
  form.set("fileModifiedAt", "2026-01-02T03:04:05.000Z");
  return form;
}

test("an upload creates an asset, unless the same bytes were uploaded before", async () => {
  const { server, library, as, bob } = createUsers();
  const call = as(bob);
  const { id, status } = await call("POST", "/assets", toForm("one"));
  assertEquals(status, "created");
  assertEquals(await call("POST", "/assets", toForm("one")), {
    id,
    status: "duplicate",
  });
  const [asset] = library.as(bob).assets;
  assertEquals([asset?.id, asset?.originalFileName], [id, "a.jpg"]);
  assertEquals(asset?.checksum, "/gW83NxJKAEngaXxoqd8u1OY4QY=");
  const original = await request(
    server.createSession(bob),
    `/assets/${id}/original`,
    { fetch: server.fetch },
  );
  assertEquals(await original.text(), "one");
  assertEquals(
    await call("POST", "/assets", { file: "none" }),
    "400 Validation failed; assetData: Invalid input: expected a file",
  );
});

test("another user's asset is visible only through an album or a partner share", async () => {
  const { library, as, bob, cleo } = createUsers();
  const bobs = library.as(bob);
  const { id } = bobs.addAsset();
  const call = as(cleo);
  const isVisible = async () =>
    typeof await call("GET", `/assets/${id}`) !== "string";
  assertEquals(
    await call("GET", `/assets/${id}`),
    "400 Not found or no asset.read access",
  );
  bobs.addPartner(cleo);
  assertEquals(await isVisible(), true);
  bobs.updateAsset(id, { visibility: "locked" });
  assertEquals(await isVisible(), false);
  bobs.updateAsset(id, { visibility: "timeline" });
  bobs.removePartner(cleo);
  const album = bobs.addAlbum({}, [id]);
  assertEquals(await isVisible(), false);
  bobs.shareAlbum(album.id, cleo);
  assertEquals(await isVisible(), true);
  assertEquals(
    await call("GET", `/assets/${id}/original`),
    "400 Not found or no asset.read access",
  );
});

test("an asset and its data can be changed and deleted only by the asset's owner", async () => {
  const { library, as, bob, cleo } = createUsers();
  const bobs = library.as(bob);
  const { id } = bobs.addAsset();
  const face = bobs.addFace(id);
  const call = as(cleo);
  const path = `/assets/${id}`;
  const no = (permission: string) => `400 Not found or no ${permission} access`;
  for (
    const [method, at, body, expected] of [
      ["PUT", path, { isFavorite: true }, no("asset.update")],
      ["DELETE", "/assets", { ids: [id] }, no("asset.delete")],
      ["POST", "/trash/restore/assets", { ids: [id] }, no("asset.delete")],
      ["PUT", `${path}/metadata`, { items: [] }, no("asset.update")],
      ["DELETE", `${path}/metadata/a`, undefined, no("asset.update")],
      ["PUT", `${path}/edits`, { edits: [] }, no("asset.update")],
      ["POST", "/stacks", { assetIds: [id] }, no("asset.update")],
      ["DELETE", `/faces/${face.id}`, {}, no("face.delete")],
    ] as const
  ) {
    assertEquals(await call(method, at, body), expected, `${method} ${at}`);
  }
  await as(bob)("DELETE", `/faces/${face.id}`, { force: false });
  assertEquals(await as(bob)("GET", `/faces?id=${id}`), []);
  // As on a real server, a missing key is not an error.
  assertEquals(
    await as(bob)("DELETE", `${path}/metadata/a`),
    undefined,
  );
});

test("a face without a person is listed, and its asset can be restored", async () => {
  const { library, as, bob } = createUsers();
  const bobs = library.as(bob);
  const { id } = bobs.addAsset();
  bobs.addFace(id);
  const call = as(bob);
  const [face] = await call("GET", `/faces?id=${id}`);
  assertEquals(face.person, null);
  await call("DELETE", "/assets", { ids: [id] });
  const restore = () => call("POST", "/trash/restore/assets", { ids: [id] });
  assertEquals([await restore(), await restore()], [{ count: 1 }, {
    count: 0,
  }]);
});

test("editors can change an album, viewers cannot, and both can leave it", async () => {
  const { library, as, bob, cleo } = createUsers();
  const bobs = library.as(bob);
  const own = library.as(cleo).addAsset();
  const album = bobs.addAlbum({ name: "Trip" }, [bobs.addAsset().id]);
  const call = as(cleo);
  const path = `/albums/${album.id}`;
  const add = () => call("PUT", `${path}/assets`, { ids: [own.id] });
  bobs.shareAlbum(album.id, cleo);
  assertEquals(await add(), "400 Not found or no albumAsset.create access");
  bobs.shareAlbum(album.id, cleo, "editor");
  assertEquals(await add(), [{ id: own.id, success: true }]);
  assertEquals(await add(), [{ id: own.id, success: false }]);
  assertEquals(
    (await call("PATCH", path, { albumName: "New" })).albumName,
    "New",
  );
  assertEquals(
    await call("DELETE", path),
    "400 Not found or no album.delete access",
  );
  assertEquals(await call("DELETE", `${path}/user/${cleo}`), undefined);
  assertEquals(
    await call("GET", `/timeline/buckets?albumId=${album.id}`),
    "400 Not found or no album.read access",
  );
  assertEquals(
    await as(bob)("DELETE", `${path}/user/${cleo}`),
    "400 Album not shared with user",
  );
});

for (
  const [release, repeated, expected] of [
    ["2.7.5", "refused", "400 User already added"],
    ["3.1.0", "accepted", 2],
  ] as const
) {
  test(`a ${release} server lists an album's users, and a repeated share is ${repeated}`, async () => {
    const { library, as, bob, cleo } = createUsers(release);
    const { id } = library.as(bob).addAlbum();
    const call = as(bob);
    const share = (userId: string) =>
      call("PUT", `/albums/${id}/users`, {
        albumUsers: [{ userId, role: "viewer" }],
      });
    const owners = release === "2.7.5" ? 0 : 1;
    assertEquals((await share(cleo)).albumUsers.length, owners + 1);
    const again = await share(cleo);
    assertEquals(again.albumUsers?.length ?? again, expected);
    assertEquals(await share(crypto.randomUUID()), "400 User not found");
    const count = async (path: string) => (await as(cleo)("GET", path)).length;
    assertEquals(
      [await count("/albums"), await count("/albums?shared=true")],
      [owners, 1],
    );
  });
}

test("a partner can be added only once, and removed only by the user who shares", async () => {
  const { as, bob, cleo } = createUsers();
  const call = as(bob);
  const add = () => call("POST", "/partners", { sharedWithId: cleo });
  assertEquals(await add(), { id: cleo, inTimeline: false });
  assertEquals(await add(), "400 Partner already exists");
  assertEquals(
    await as(cleo)("DELETE", `/partners/${bob}`),
    "400 Partner not found",
  );
  assertEquals(
    await call("PUT", `/partners/${cleo}`, { inTimeline: true }),
    "400 Not found or no partner.update access",
  );
});

test("a timeline includes enabled partners, and only the top asset of a stack", async () => {
  const { library, as, bob, cleo } = createUsers();
  const bobs = library.as(bob);
  const [top, below] = [bobs.addAsset(), bobs.addAsset()];
  bobs.addStack([top.id, below.id]);
  bobs.addPartner(cleo);
  const read = async () => {
    const query = "visibility=timeline&withPartners=true&withStacked=true";
    const buckets = await as(cleo)("GET", `/timeline/buckets?${query}`);
    const [{ timeBucket } = { timeBucket: "none" }] = buckets;
    const path = `/timeline/bucket?${query}&timeBucket=${timeBucket}`;
    return (await as(cleo)("GET", path)).id;
  };
  assertEquals(await read(), []);
  library.as(cleo).updatePartner(bob, true);
  assertEquals(await read(), [top.id]);
  library.softDeleteUser(bob);
  assertEquals(await read(), []);
});

test("stacks that share an asset are merged, and show one of their own assets", async () => {
  const { library, as, bob } = createUsers();
  const bobs = library.as(bob);
  const ids = [..."abcd"].map(() => bobs.addAsset().id);
  const call = as(bob);
  await call("POST", "/stacks", { assetIds: ids.slice(0, 2) });
  const { id } = await call("POST", "/stacks", { assetIds: ids.slice(1, 3) });
  const stacks = await call("GET", "/stacks");
  assertEquals(stacks.map(({ assets }: { assets: [] }) => assets.length), [3]);
  assertEquals(
    await call("PUT", `/stacks/${id}`, { primaryAssetId: ids[3] }),
    "400 Primary asset must be in the stack",
  );
});

test("only administrators manage users, and a soft-deleted user cannot sign in", async () => {
  const { as, admin, bob } = createUsers();
  const call = as(admin);
  const user = { email: "eve@immich.test", name: "Eve", password: "secret" };
  const { id } = await call("POST", "/admin/users", user);
  assertEquals(
    await call("POST", "/admin/users", user),
    "400 Email is not available",
  );
  const login = (password: string) =>
    call("POST", "/auth/login", { email: user.email, password });
  assertEquals((await login("secret")).userId, id);
  assertEquals(await login("demo"), "401 Incorrect email or password");
  await call("DELETE", `/admin/users/${id}`, {});
  assertEquals(await login("secret"), "401 Incorrect email or password");
  const count = async (query: string) =>
    (await call("GET", `/admin/users${query}`)).length;
  assertEquals([await count(""), await count("?withDeleted=true")], [3, 4]);
  const remove = () => call("DELETE", `/admin/users/${id}`, { force: true });
  const restore = () => call("POST", `/admin/users/${id}/restore`);
  assertEquals(await remove(), "400 User not found");
  assertEquals((await restore()).deletedAt, null);
  assertEquals((await remove()).id, id);
  assertEquals(await restore(), "400 User not found");
  assertEquals(await as(bob)("GET", "/admin/users"), "403 Forbidden");
});

test("a request that names nothing, or something unknown, is refused", async () => {
  const { as, bob } = createUsers();
  const call = as(bob);
  const id = crypto.randomUUID();
  const noAccess = (what: string) => `400 Not found or no ${what} access`;
  const refusals: [Method, string, object | undefined, string][] = [
    [
      "POST",
      "/auth/login",
      { email: "bob@immich.test" },
      "400 Validation failed; password: Invalid input: expected string",
    ],
    [
      "POST",
      "/sessions",
      { duration: 0 },
      "400 Validation failed; duration: Too small: expected number to be >=1",
    ],
    ["PUT", `/sessions/${id}`, {}, noAccess("session.update")],
    ["DELETE", `/sessions/${id}`, undefined, noAccess("session.delete")],
    [
      "POST",
      "/assets",
      undefined,
      "400 Validation failed; assetData: Invalid input: expected a file",
    ],
    ["GET", "/faces", undefined, noAccess("asset.read")],
    ["GET", `/faces?id=${id}`, undefined, noAccess("asset.read")],
    ["DELETE", `/faces/${id}`, {}, noAccess("face.delete")],
    ["GET", `/assets/${id}`, undefined, noAccess("asset.read")],
    [
      "GET",
      `/timeline/buckets?albumId=${id}`,
      undefined,
      noAccess("album.read"),
    ],
    ["GET", "/nothing", undefined, "404 Cannot GET /api/nothing"],
  ];
  for (const [method, path, body, refusal] of refusals) {
    const name = `${method} ${path}`;
    assertEquals(await call(method, path, body), refusal, name);
  }
});

test("a memory is listed only if one of its assets is in the timeline", async () => {
  const { library, as, admin } = createUsers();
  const { id } = library.addAsset();
  library.addMemory({}, [id]);
  const call = as(admin);
  assertEquals((await call("GET", "/memories")).length, 1);
  library.updateAsset(id, { visibility: "archive" });
  assertEquals(await call("GET", "/memories"), []);
});

test("the session of a user who was deleted for good has ended", async () => {
  const { as, admin, bob } = createUsers();
  const call = as(bob);
  assertEquals((await call("GET", "/users/me")).id, bob);
  await as(admin)("DELETE", `/admin/users/${bob}`, {});
  await as(admin)("DELETE", `/admin/users/${bob}`, { force: true });
  assertEquals(await call("GET", "/users/me"), "401 Invalid user token");
});

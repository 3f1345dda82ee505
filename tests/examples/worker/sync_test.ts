/** What the sample worker stores, shows and acknowledges. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { syncStream } from "../../../mod.ts";
import { workerTest } from "../photos/harness.ts";
import { isAck, isStream, Sample } from "./harness.ts";

const HOUR_MS = 3_600_000;

/** Returns the list items of a page. */
function itemsOf(page: string): string[] {
  return Array.from(page.matchAll(/<li>(.*?)<\/li>/g), ([, item]) => item!);
}

workerTest("the page lists the latest photos, newest first", async () => {
  await using it = await Sample.start();
  const days = ["1999-12-31", "2026-01-02", "0840-06-01", "2025-07-08"];
  for (const day of days) {
    it.fake.library.addAsset({
      originalFileName: `<${day}>.jpg`,
      localDateTime: `${day}T12:00:00.000Z`,
    });
  }
  it.fake.library.addAsset({ originalFileName: "a.jpg", localDateTime: null });
  const page = await it.sync(await it.signIn());
  assertEquals(itemsOf(page), [
    ...days.sort().reverse().map((day) => `${day} &lt;${day}&gt;.jpg`),
    " a.jpg",
  ]);
  for (let i = 0; i < 60; i++) it.fake.library.addAsset();
  const browser = await it.signInAndSync();
  assertEquals(itemsOf((await browser.get("/")).text).length, 50);
});

workerTest(
  "the copy follows changes, deletes, the trash and the archive",
  async () => {
    await using it = await Sample.start();
    const { library } = it.fake;
    const name = (originalFileName: string) =>
      library.addAsset({ originalFileName }).id;
    const ids = [
      ...["kept", "renamed", "deleted", "trashed", "archived", "locked"],
      "gone",
    ].map(name);
    const [kept, renamed, deleted, trashed, archived, locked, gone] = ids;
    const browser = await it.signInAndSync();
    assertEquals(it.ids.sort(), ids.sort());
    library.updateAsset(renamed!, { originalFileName: "after.jpg" });
    library.deleteAsset(deleted!);
    library.deleteAsset(gone!);
    library.trashAsset(trashed!);
    library.updateAsset(archived!, { visibility: "archive" });
    library.updateAsset(locked!, { visibility: "locked" });
    const page = await it.sync(browser);
    const names = itemsOf(page).map((item) => item.split(" ").at(-1));
    assertEquals(names.sort(), ["after.jpg", "kept"]);
    assertEquals(it.ids.sort(), [kept, renamed].sort());
    library.restoreAsset(trashed!);
    await it.sync(browser);
    assertEquals(it.ids.sort(), [kept, renamed, trashed].sort());
  },
);

workerTest("a partner's photos are not copied", async () => {
  await using it = await Sample.start();
  const { library, user } = it.fake;
  const partner = library.addUser({ email: "bob@immich.test" });
  const theirs = library.as(partner.id);
  theirs.addAsset();
  theirs.addPartner(user.id);
  const { id } = library.addAsset();
  await it.signInAndSync();
  assertEquals(it.ids, [id]);
  const { body } = it.arrivals.find(isStream)!;
  assertEquals(JSON.parse(body).types, ["AssetsV2"]);
});

workerTest("a 2.x server's photos are copied", async () => {
  await using it = await Sample.start({
    version: { major: 2, minor: 5, patch: 6 },
  });
  const { id } = it.fake.library.addAsset();
  await it.signInAndSync();
  assertEquals(it.ids, [id]);
});

workerTest("a reset empties the copy before it is acknowledged", async () => {
  await using it = await Sample.start();
  const { id } = it.fake.library.addAsset();
  it.fake.library.addAsset({ visibility: "archive" });
  const browser = await it.signInAndSync();
  const { token } = it.arrivals.findLast(isAck)!;
  it.fake.requestReset({ baseUrl: "", accessToken: token });
  let before: unknown[] | undefined;
  const acked = it.intercept(isAck, () => {
    before = it.query("SELECT id FROM photos");
  });
  const { status, headers } = await browser.post("/sync");
  assertEquals([status, headers.get("location")], [303, "/"]);
  assertStringIncludes((await acked).body, "SyncResetV1");
  assertEquals(before, []);
  await it.page(browser, "Up to date");
  assertEquals(it.ids, [id]);
});

workerTest("rows are in the table before their ack is sent", async () => {
  await using it = await Sample.start();
  const { library, fetch } = it.fake;
  for (let i = 0; i < 25_000; i++) library.addAsset();
  const acks: string[] = [];
  const types = ["AssetsV2"] as const;
  const session = it.fake.createSession();
  for await (const { ack } of await syncStream(session, types, { fetch })) {
    acks.push(ack);
  }
  const counts: [acked: number, stored: number][] = [];
  it.gate = (arrival) => {
    if (!isAck(arrival)) return;
    const [ack = ""] = JSON.parse(arrival.body).acks;
    if (ack.startsWith("AssetV2|")) {
      counts.push([acks.indexOf(ack) + 1, it.ids.length]);
    }
  };
  await it.signInAndSync();
  assert(counts.length >= 3, `${counts}`);
  for (const [acked, stored] of counts) {
    assert(acked > 0 && acked <= stored, `${acked} of ${stored} rows`);
  }
});

workerTest("a batch that cannot be stored is not acknowledged", async () => {
  await using it = await Sample.start();
  // A Durable Object cannot store a value larger than two megabytes.
  const originalFileName = "a".repeat(3_000_000);
  const first = it.fake.library.addAsset();
  const { id } = it.fake.library.addAsset({ originalFileName });
  const browser = await it.signIn();
  await it.page(browser, "The last sync failed");
  assertEquals(it.arrivals.filter(isAck), []);
  assertEquals(it.ids, []);
  it.fake.library.updateAsset(id, { originalFileName: "a.jpg" });
  await it.sync(browser);
  assertEquals(it.ids.sort(), [first.id, id].sort());
});

workerTest(
  "a sync killed after storing a batch, before its ack, continues and loses no row",
  async () => {
    await using it = await Sample.start();
    const { library } = it.fake;
    const ids = Array.from({ length: 25_000 }, () => library.addAsset().id);
    const held = Promise.withResolvers<Response>();
    const acked = it.intercept(isAck, () => held.promise);
    const browser = await it.signIn();
    await acked;
    assert(it.ids.length > 0 && it.ids.length < ids.length);
    await it.killWorker();
    held.resolve(new Response(null, { status: 503 }));
    library.deleteAsset(ids.pop()!);
    await it.startWorker();
    await it.page(browser, "Up to date");
    assertEquals(it.ids.sort(), ids.sort());
    const sessions = it.arrivals.filter(({ path }) => path === "/api/sessions");
    assertEquals(sessions.length, 1);
  },
);

workerTest(
  "a sync that exceeds its budget continues at the next alarm",
  async () => {
    await using it = await Sample.start({ compatible: { pageRows: 100 } });
    for (let i = 0; i < 3_000; i++) it.fake.library.addAsset();
    const browser = await it.signInAndSync();
    assertEquals(it.ids.length, 3_000);
    // Each run requests the version once.
    const versions = it.arrivals
      .filter(({ path }) => path === "/api/server/version").length;
    assert(versions > 1, `${versions} runs`);
    assertMatch((await browser.get("/")).text, /Up to date/);
  },
);

workerTest(
  "a complete sync is followed by another one an hour later",
  async () => {
    await using it = await Sample.start();
    const before = Date.now();
    await it.signInAndSync();
    const after = Date.now();
    assert(it.alarm! >= before + HOUR_MS && it.alarm! <= after + HOUR_MS);
  },
);

workerTest(
  "a failed sync is retried an hour later, or on request",
  async () => {
    await using it = await Sample.start();
    const headers = { "retry-after": "120" };
    it.gate = (arrival) =>
      isStream(arrival)
        ? new Response(null, { status: 429, headers })
        : undefined;
    const before = Date.now();
    const browser = await it.signIn();
    await it.page(browser, "The last sync failed");
    const after = Date.now();
    assert(it.alarm! >= before + HOUR_MS && it.alarm! <= after + HOUR_MS);
    it.gate = () => {};
    await it.sync(browser);
  },
);

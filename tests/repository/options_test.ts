import { assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import * as main from "../../mod.ts";
import { createMirror, sqlite } from "../../src/mirror/mod.ts";
import { refusing, SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";

/** Misspelt options of any type. */
// deno-lint-ignore no-explicit-any
const MISSPELT: any = { idletimeoutMs: 1, fetch: refusing };
const SERVER = { baseUrl: SESSION.baseUrl };
const URI = "https://app.example/callback";

const PROCESSOR = { process: () => {}, reset: () => {} };

/** Every public function that takes options, called with misspelt ones. */
const CALLS: Record<string, () => unknown> = {
  authorize: () => main.authorize(URI, { ...SERVER, ...MISSPELT }),
  callback: async () =>
    await main.callback(
      `${URI}?code=1`,
      (await main.authorize(URI, {
        ...SERVER,
        client: { request: () => Promise.resolve(Response.json({ url: URI })) },
      })).context,
      MISSPELT,
    ),
  createChildSession: () => main.createChildSession(SESSION, MISSPELT),
  createClient: () => main.createClient(MISSPELT),
  createMirror: () => createMirror(database(), MISSPELT),
  currentUser: () => main.currentUser(SESSION, MISSPELT),
  deleteSyncAcks: () => main.deleteSyncAcks(SESSION, MISSPELT),
  discover: () => main.discover(SESSION.baseUrl, MISSPELT),
  getSyncAcks: () => main.getSyncAcks(SESSION, MISSPELT),
  login: () => main.login("a", "b", { ...SERVER, ...MISSPELT }),
  logout: () => main.logout(SESSION, MISSPELT),
  "mirror.sync": async () => {
    const mirror = await createMirror(database(), { userId: "1" });
    await mirror.sync(SESSION, MISSPELT);
  },
  ndjson: () => main.ndjson(new Response(""), MISSPELT),
  request: () => main.request(SESSION, "/albums", MISSPELT),
  serverVersion: () => main.serverVersion(SERVER, MISSPELT),
  sync: () => main.sync(SESSION, ["UsersV1"], PROCESSOR, MISSPELT),
  syncAck: () => main.syncAck(SESSION, ["UserV1|1"], MISSPELT),
  syncBatches: () => main.syncBatches(SESSION, ["UsersV1"], MISSPELT).next(),
  syncStream: () => main.syncStream(SESSION, ["UsersV1"], MISSPELT),
};

const database = () => sqlite(new DatabaseSync(":memory:"));

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name} rejects an unknown option and sends nothing`, async () => {
    await assertRejects(
      async () => await call(),
      TypeError,
      '"idletimeoutMs" is not an option',
    );
  });
}

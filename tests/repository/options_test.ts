import { assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import * as main from "../../mod.ts";
import { sealContext, sealSession } from "../../src/seal/mod.ts";
import { createMirror, sqlite } from "../../src/mirror/mod.ts";
import { refusing, SESSION } from "../support/fetch.ts";
import { memoryStore } from "../support/kept.ts";
import { test } from "../support/test.ts";

/** Misspelled options of any type. */
// deno-lint-ignore no-explicit-any
const MISSPELLED: any = { idletimeoutMs: 1, fetch: refusing };
const SERVER = { baseUrl: SESSION.baseUrl };
const URI = "https://app.example/callback";

const CONTEXT = {
  ...SERVER,
  redirectUri: URI,
  state: "1",
  codeVerifier: "1",
  createdAt: 1,
};
const SECRET = "a".repeat(32);

const PROCESSOR = { process: () => {}, reset: () => {} };

/** Every public function that takes options, called with misspelled ones. */
const CALLS: Record<string, () => unknown> = {
  authorize: () => main.authorize(URI, { ...SERVER, ...MISSPELLED }),
  callback: async () =>
    await main.callback(
      `${URI}?code=1`,
      (await main.authorize(URI, {
        ...SERVER,
        client: { request: () => Promise.resolve(Response.json({ url: URI })) },
      })).context,
      MISSPELLED,
    ),
  createChildSession: () => main.createChildSession(SESSION, MISSPELLED),
  createClient: () => main.createClient(MISSPELLED),
  createMirror: () => createMirror(database(), MISSPELLED),
  currentUser: () => main.currentUser(SESSION, MISSPELLED),
  deleteSyncAcks: () => main.deleteSyncAcks(SESSION, MISSPELLED),
  discover: () => main.discover(SESSION.baseUrl, MISSPELLED),
  getSyncAcks: () => main.getSyncAcks(SESSION, MISSPELLED),
  keepSession: () => main.keepSession(memoryStore(), () => SESSION, MISSPELLED),
  login: () => main.login("a", "b", { ...SERVER, ...MISSPELLED }),
  logout: () => main.logout(SESSION, MISSPELLED),
  "mirror.audit": async () => {
    const mirror = await createMirror(database(), { userId: "1" });
    await mirror.audit(SESSION, MISSPELLED);
  },
  "mirror.sync": async () => {
    const mirror = await createMirror(database(), { userId: "1" });
    await mirror.sync(SESSION, MISSPELLED);
  },
  "mirror.watch": async () => {
    const mirror = await createMirror(database(), { userId: "1" });
    await mirror.watch(SESSION, MISSPELLED).next();
  },
  ndjson: () => main.ndjson(new Response(""), MISSPELLED),
  request: () => main.request(SESSION, "/albums", MISSPELLED),
  sealContext: () => sealContext(CONTEXT, SECRET, MISSPELLED),
  sealSession: () => sealSession(SESSION, SECRET, MISSPELLED),
  serverVersion: () => main.serverVersion(SERVER, MISSPELLED),
  sync: () => main.sync(SESSION, ["UsersV1"], PROCESSOR, MISSPELLED),
  syncAck: () => main.syncAck(SESSION, ["UserV1|1"], MISSPELLED),
  syncBatches: () => main.syncBatches(SESSION, ["UsersV1"], MISSPELLED).next(),
  syncStream: () => main.syncStream(SESSION, ["UsersV1"], MISSPELLED),
  watchSync: () =>
    main.watchSync(SESSION, ["UsersV1"], PROCESSOR, MISSPELLED).next(),
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

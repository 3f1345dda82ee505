/** A run that is killed at any point resumes, and the copy then matches the library. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { supportedSyncTypes, syncStream } from "../../../mod.ts";
import { inTime } from "../../support/events.ts";
import { acksOf, type Arrival, isAck, isStream } from "../served_worker.ts";
import { PhotosApp, sum, waitForEnd, workerTest } from "./harness.ts";

const ASSETS = 40_000;
/** How many events may be sent twice: those between two acks, and one more batch. */
const MAX_REPEATED = 11_000;
/** Far longer than a run needs to resume, on any machine. */
const PATIENCE_MS = 300_000;

/** A moment during a run at which the test kills or stops the app. */
interface Moment {
  /** Returns whether a request marks this moment. */
  at: (arrival: Arrival) => boolean;
  /** Whether the server handles that request. */
  isHandled: boolean;
  /** How the test ends the app. */
  how: "killed" | "stopped";
  /** What happens after the restart. */
  then: "nothing" | "a page is opened";
}

/** A moment that the test waits for. */
interface Armed extends Moment {
  name: string;
  /** Resolves at that moment. */
  arrived: Promise<void>;
  /** Releases the held request. */
  die: () => void;
}

const MOMENTS: Record<string, () => Moment> = {
  "before the copy has a session": () => ({
    at: ({ path }) => path === "/api/sessions",
    isHandled: false,
    how: "killed",
    then: "nothing",
  }),
  "after the server has created a session, before its response": () => ({
    at: ({ path }) => path === "/api/sessions",
    isHandled: true,
    how: "stopped",
    then: "a page is opened",
  }),
  "before the first stream": () => ({
    at: isStream,
    isHandled: false,
    how: "killed",
    then: "a page is opened",
  }),
  "between store and ack": () => ({
    at: nth(isAck, 1),
    isHandled: false,
    how: "killed",
    then: "nothing",
  }),
  "between an ack and its response": () => ({
    at: nth(isAck, 2),
    isHandled: true,
    how: "killed",
    then: "a page is opened",
  }),
  "between store and ack, when stopped": () => ({
    at: nth(isAck, 1),
    isHandled: false,
    how: "stopped",
    then: "nothing",
  }),
  "at the start of another window": () => ({
    at: ({ path }) => path === "/api/server/version",
    isHandled: false,
    how: "killed",
    then: "nothing",
  }),
  "in the middle of another window": () => ({
    at: nth(isAck, 1),
    isHandled: true,
    how: "stopped",
    then: "a page is opened",
  }),
  "before the last ack": () => ({
    at: completes,
    isHandled: false,
    how: "killed",
    then: "nothing",
  }),
  "after the last ack": () => ({
    at: completes,
    isHandled: true,
    how: "killed",
    then: "nothing",
  }),
};

workerTest(
  "a run killed at any point resumes and loses nothing",
  async () => {
    await using it = await PhotosApp.start();
    const { fake, storage } = it;
    for (let i = 0; i < ASSETS; i++) fake.library.addAsset();
    const places = await readPlaces(it);
    const { browser } = await it.signIn();
    await it.killWorker();
    await it.startWorker();
    assertStringIncludes(
      (await browser.get("/")).text,
      "Nothing copied yet",
    );

    const names = Object.keys(MOMENTS);
    let next = arm(it, names.shift());
    await browser.post("/sync");
    while (next !== undefined) {
      const { name, how, then, arrived, die } = next;
      await soon(arrived, name);
      assertEquals(storage.hasAlarm, true, `${name}: no alarm is set`);
      const ended = how === "killed" ? it.killWorker() : it.stopWorker();
      await soon(ended, `the end of the app ${name}`);
      die();
      // A session for the copy may be created only every five minutes.
      storage.resetLimits();
      const rows = storage.hasMirror ? countRows(it) : 0;
      const twice = rows - countAcked(it, places);
      assert(
        twice >= 0,
        `${name}: ${-twice} events were acknowledged too early`,
      );
      assert(twice <= MAX_REPEATED, `${name}: ${twice} events are sent twice`);
      // The app is not running.
      await assertRejects(() => browser.get("/"));
      // The run resumes at once, so the next moment is armed before the restart.
      next = arm(it, names.shift());
      const end = next?.arrived ?? it.intercept(completes);
      await soon(it.startWorker(), `the start after "${name}"`);
      if (then !== "nothing") {
        const { text } = await soon(browser.get("/"), `a page after "${name}"`);
        assertStringIncludes(text, "Syncing…", name);
      }
      await soon<unknown>(end, `what follows "${name}"`);
    }
    const page = await soon(waitForEnd(browser), "the end of the run");
    assertStringIncludes(page, "Up to date as of");
    assertEquals(storage.copy.phase, "idle");
    assertEquals(storage.count("assets"), ASSETS);
    await storage.assertHolds(fake.snapshot());
  },
);

/** Waits for a moment, and holds its request. */
function arm(
  it: PhotosApp,
  name: string | undefined,
): Armed | undefined {
  if (name === undefined) return undefined;
  const moment = MOMENTS[name]!();
  const { promise: dead, resolve: die } = Promise.withResolvers<void>();
  const { promise: arrived, resolve } = Promise.withResolvers<void>();
  void it.intercept(moment.at, async (_, answer) => {
    if (moment.isHandled) await (await answer()).body?.cancel();
    resolve();
    await dead;
    return new Response(null, { status: 503 });
  });
  return { ...moment, name, arrived, die };
}

/** Returns the acks of a first sync, in order, by type. */
async function readPlaces(
  { fake }: PhotosApp,
): Promise<Map<string, string[]>> {
  const { fetch } = fake;
  const types = supportedSyncTypes({ major: 3, minor: 1, patch: 0 });
  const places = new Map<string, string[]>();
  const session = fake.createSession();
  for await (
    const { type, ack } of await syncStream(session, types, { fetch })
  ) {
    if (type === "SyncCompleteV1" || type === "SyncAckV1") continue;
    const acks = places.get(type) ?? [];
    acks.push(ack);
    places.set(type, acks);
  }
  return places;
}

/** Counts the rows of assets and EXIF data; each row is one event. */
function countRows({ storage }: PhotosApp): number {
  return storage.count("assets") + storage.count("exif");
}

/** Counts the rows that have been acknowledged. */
function countAcked(
  it: PhotosApp,
  places: Map<string, string[]>,
): number {
  const acked: Record<string, number> = {};
  for (const ack of it.acked) {
    const [type = ""] = ack.split("|");
    if (type !== "AssetV2" && type !== "AssetExifV1") continue;
    acked[type] = (places.get(type)?.indexOf(ack) ?? -1) + 1;
  }
  return sum(acked);
}

function completes(arrival: Arrival): boolean {
  return isAck(arrival) &&
    acksOf(arrival).some((ack) => ack.startsWith("SyncCompleteV1|"));
}

/** Matches only the nth of the requests that match. */
function nth(
  is: (arrival: Arrival) => boolean,
  number: number,
): (arrival: Arrival) => boolean {
  let seen = 0;
  return (arrival) => is(arrival) && ++seen === number;
}

/** Waits for a step. If it does not end, the error names the step. */
function soon<T>(step: Promise<T>, what: string): Promise<T> {
  return inTime(step, PATIENCE_MS, new Error(`This did not happen: ${what}`));
}

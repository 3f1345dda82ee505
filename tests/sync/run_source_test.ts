/** Runs whose source is not the server. */
import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  type CallOptions,
  ConnectionError,
  type SyncOptions,
  type SyncSource,
} from "../../mod.ts";
import { Clock, HOUR_MS } from "../support/clock.ts";
import { later } from "../support/events.ts";
import { assets, COMPLETE, play, scripted } from "../support/script.ts";
import { test } from "../support/test.ts";

/** The source functions whose calls are ended by a budget's time limit. */
const LIMITED = ["serverVersion", "syncStream"] as const;

const ALL = [...LIMITED, "syncAck", "deleteSyncAcks", "getSyncAcks"] as const;

const LOST = new ConnectionError("Cannot open", { cause: undefined });

/** How a function behaves if no response arrives. */
const SILENCES = {
  "ignores the signal": () => new Promise<never>(() => {}),
  "rejects with its own error": ({ signal }: CallOptions) =>
    new Promise<never>((_, reject) => {
      signal?.addEventListener("abort", () => reject(new Error("aborted")));
    }),
};

/** Runs with a source in which the given function never gets a response. */
function playSilent(
  name: keyof SyncSource,
  silence: (options: CallOptions) => Promise<never>,
  options: SyncOptions,
) {
  const called = later();
  const { source } = scripted({ streams: [assets(1), assets(2)] });
  const silent = {
    ...source,
    serverVersion: () => Promise.resolve({ major: 3, minor: 1, patch: 0 }),
    deleteSyncAcks: () => Promise.resolve(),
    getSyncAcks: () => Promise.resolve([]),
    [name](...args: [...unknown[], CallOptions]) {
      called.resolve();
      return silence(args.at(-1) as CallOptions);
    },
  } as SyncSource;
  const playing = play([], { source: silent, ...options });
  return { called: called.promise, playing };
}

for (const [behavior, silence] of Object.entries(SILENCES)) {
  test(`5: an abort ends a run at once even if its source ${behavior}`, async () => {
    const reason = new Error("stopped by the user");
    for (const name of ALL) {
      const controller = new AbortController();
      const { signal } = controller;
      const options = { signal, full: true };
      const { called, playing } = playSilent(name, silence, options);
      await called;
      controller.abort(reason);
      assertStrictEquals((await playing).error, reason, name);
    }
  });

  test(`a budget's time limit ends a run even if its source ${behavior}`, async () => {
    using clock = new Clock();
    for (const name of LIMITED) {
      const budget = { durationMs: 2 * HOUR_MS };
      const { called, playing } = playSilent(name, silence, { budget });
      await called;
      await clock.passUntil(playing);
      const { result, error } = await playing;
      assertEquals([result?.more, error], [true, undefined], name);
      assertEquals(clock.timers, 0, "a timer is left");
    }
  });
}

test("a full sync begins once its stream is open if checkpoints cannot be deleted", async () => {
  for (const sweeps of [true, false]) {
    const { log } = await play(
      [LOST, [...assets(1), COMPLETE], [COMPLETE]],
      { full: true },
      (log) => {
        const begin = () => void log.push("begin");
        return sweeps ? { begin, end() {} } : {};
      },
    );
    assertEquals(log.slice(0, 5), [
      "open AssetsV2 from the beginning",
      "wait 500",
      "open AssetsV2 from the beginning",
      sweeps ? "begin" : "wipe",
      "store AssetV2 1",
    ]);
  }
});

test("a full sync stays due if checkpoints cannot be deleted and no stream opens", async () => {
  using clock = new Clock();
  const ignore = SILENCES["ignores the signal"];
  for (const canForget of [false, true]) {
    const { source } = scripted({ streams: [] });
    const forget = canForget ? { deleteSyncAcks: () => Promise.resolve() } : {};
    const playing = play(
      [],
      {
        source: { ...source, ...forget, syncStream: ignore },
        full: { everyMs: 1000, lastFullAt: 1 },
        budget: { durationMs: 2 * HOUR_MS },
      },
      () => ({}),
      { now: () => 5000 },
    );
    await clock.passUntil(playing);
    const { lastFullAt, more } = (await playing).result!;
    assertEquals([lastFullAt, more], [canForget ? 5000 : 1, true]);
  }
});

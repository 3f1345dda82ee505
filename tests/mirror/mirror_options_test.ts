import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import {
  createMirror,
  libsql,
  type MirrorDatabase,
  type MirrorSyncOptions,
  sqlite,
} from "../../src/mirror/mod.ts";
import { test } from "../support/test.ts";
import { openFixture } from "./fixture.ts";

test("mirror.sync() rejects an invalid option before any request", async () => {
  const { server, sync } = await openFixture();
  const misspelled = { whenBuzy: "wait" } as never;
  await assertRejects(
    () => sync(misspelled),
    TypeError,
    '"whenBuzy" is not an option. Did you mean "whenBusy"?',
  );
  await assertRejects(
    () => sync({ whenBusy: "queue" as never }),
    RangeError,
    'whenBusy must be "fail" or "wait", received "queue"',
  );
  const outOfRange: MirrorSyncOptions[] = [
    { batchSize: 0 },
    { fullEveryMs: -1 },
    { fullEveryMs: "5" as unknown as number },
    { full: "wip" as "wipe" },
    { compression: "br" as "gzip" },
    { maxLineBytes: 0.5 },
  ];
  for (const options of outOfRange) {
    await assertRejects(() => sync(options), RangeError, "Cannot sync: ");
  }
  const ofWrongType = { ack: 5, onProgress: {}, serverVersion: "3.1.0" };
  for (const [name, value] of Object.entries(ofWrongType)) {
    await assertRejects(() => sync({ [name]: value }), TypeError);
  }
  assertEquals(server.requests, []);
});

test("a database adapter rejects an invalid busyTimeoutMs when it is created", () => {
  for (const adapter of [sqlite, libsql]) {
    const open = (options: object) => () => adapter({} as never, options);
    open({ busyTimeoutMs: 0 })();
    for (const busyTimeoutMs of [NaN, -1, "100"]) {
      assertThrows(
        open({ busyTimeoutMs }),
        RangeError,
        "busyTimeoutMs must be",
      );
    }
    assertThrows(open({ timeout: 1 }), TypeError, "is not an option");
  }
});

test("createMirror rejects a database that has not been adapted", async () => {
  for (const value of [null, {}, new DatabaseSync(":memory:")]) {
    await assertRejects(
      () => createMirror(value as unknown as MirrorDatabase, { userId: "me" }),
      TypeError,
      "Cannot open the mirror: the database must have the functions batch and all",
    );
  }
});

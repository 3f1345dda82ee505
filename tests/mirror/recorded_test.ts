/** A mirror applies every recorded sequence of streams. */
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { sync, type SyncEvent, type SyncRequestType } from "../../mod.ts";
import { createMirror, type Mirror, sqlite } from "../../src/mirror/mod.ts";
import { Copy } from "../support/copy.ts";
import { answering, SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";
import {
  linesOf,
  textOf,
  toResponse,
  type Transcript,
  transcript,
} from "../support/transcripts.ts";
import COUNTS from "./recorded_counts.json" with { type: "json" };
import { assertMirrors } from "./mirror_replica.ts";

async function open(stream: Transcript): Promise<[Mirror, Copy]> {
  const lines = linesOf(stream) as SyncEvent[];
  const user = lines.find((event) => event.type === "AuthUserV1");
  assert(user?.type === "AuthUserV1");
  const userId = user.data.id;
  const database = sqlite(new DatabaseSync(":memory:"));
  return [await createMirror(database, { userId }), new Copy(userId)];
}

/**
 * Runs a mirror against consecutive recorded streams. Returns the rows in its
 * tables.
 */
async function apply(
  mirror: Mirror,
  streams: Transcript[],
): Promise<Record<string, number>> {
  const rest = [...streams];
  const fetch = answering(({ url }) =>
    url.endsWith("/stream")
      ? rest.length > 0 ? toResponse(rest.shift()!, 1000) : nothingNew()
      : new Response(null, { status: 204 })
  );
  const { types } = JSON.parse(streams.at(-1)!.request.body!);
  await sync<SyncRequestType>(SESSION, types, mirror, {
    fetch,
    serverVersion: false,
  });
  assertEquals(rest, []);
  const { rows } = await mirror.status();
  return Object.fromEntries(
    Object.entries(rows).filter(([, number]) => number > 0),
  );
}

function nothingNew(): Response {
  const event = { type: "SyncCompleteV1", data: {}, ack: "SyncCompleteV1|1" };
  return new Response(`${JSON.stringify(event)}\n`);
}

/** Applies a recorded stream to an in-memory copy. */
function toCopy(copy: Copy, stream: Transcript): void {
  for (const event of linesOf(stream) as SyncEvent[]) copy.apply(event);
  copy.complete();
}

for (const [release, streams] of Object.entries(COUNTS.sequences)) {
  test(`the streams recorded with ${release} result in the expected mirror tables`, async () => {
    let mirror: Mirror | undefined;
    let copy: Copy | undefined;
    for (const [name, counts] of Object.entries(streams)) {
      const stream = await transcript(`${release}/03-sync-admin/${name}`);
      if (mirror === undefined) [mirror, copy] = await open(stream);
      assertEquals(await apply(mirror, [stream]), counts, name);
      toCopy(copy!, stream);
      await assertMirrors(mirror, copy!.tables);
    }
  });
}

/**
 * Removes the account events from a recorded stream, so that any user may
 * receive it.
 */
function withoutAccount(stream: Transcript): Transcript {
  const lines = textOf(stream).split("\n")
    .filter((line) => !line.includes('"type":"AuthUserV1"'));
  return { ...stream, bytes: new TextEncoder().encode(lines.join("\n")) };
}

test("the reset recorded with 3.1.0 replaces a mirror's older rows", async () => {
  const [first, reset, fresh] = await Promise.all([
    transcript("3.1.0/03-sync-admin/002-initial-all"),
    transcript("3.1.0/06-reset/008-pending-reset-stream"),
    transcript("3.1.0/06-reset/015-after-reset-full"),
  ]);
  const [mirror, copy] = await open(fresh);
  await apply(mirror, [withoutAccount(first)]);
  assertEquals(await apply(mirror, [reset, fresh]), COUNTS.reset);
  toCopy(copy, fresh);
  await assertMirrors(mirror, copy.tables);
});

/** Every recorded stream yields exactly its lines. */
import { assertEquals, assertInstanceOf } from "@std/assert";
import {
  type SyncEvent,
  type SyncRequestType,
  syncStream,
  TimeoutError,
} from "../../mod.ts";
import { Clock } from "../support/clock.ts";
import { until } from "../support/events.ts";
import { answering, drain, SESSION } from "../support/fetch.ts";
import { BY_CLOCK } from "../support/timeouts.ts";
import { head, serveRaw } from "../support/sockets.ts";
import { test } from "../support/test.ts";
import {
  linesOf,
  toResponse,
  type Transcript,
  transcripts,
} from "../support/transcripts.ts";

const FOLDERS = [
  "2.7.5/03-sync-admin",
  "2.7.5/07-errors",
  "3.1.0/03-sync-admin",
  "3.1.0/06-reset",
  "3.1.0/07-errors",
];

function isStream({ request, response }: Transcript): boolean {
  return request.path === "/api/sync/stream" && response.status === 200;
}

function isCompressed({ response }: Transcript): boolean {
  return response.headers.some(([name]) => /^content-encoding$/i.test(name));
}

/**
 * Returns the types in the recorded request. One request had a string instead
 * of a list.
 */
function typesOf({ request }: Transcript): SyncRequestType[] {
  const { types } = JSON.parse(request.body ?? "{}");
  return types.length === 0 ? ["UsersV1"] : [types].flat();
}

/**
 * Decodes a stream. If the recorded stream never ended, advances the clock once
 * its lines have been read.
 */
async function decode(
  exchange: Transcript,
  lines: number,
  chunkSize?: number,
): Promise<{ items: SyncEvent[]; error?: unknown }> {
  const fetch = answering(() => toResponse(exchange, chunkSize));
  const options = { fetch, ...BY_CLOCK };
  using clock = new Clock();
  const items: SyncEvent[] = [];
  const read = async () => {
    const types = typesOf(exchange);
    const stream = await syncStream(SESSION, types, options);
    for await (const item of stream) items.push(item);
  };
  const pending = read().then(() => ({}), (error) => ({ error }));
  if (!exchange.response.complete) {
    await until(() => items.length >= lines, "all lines are read");
    await clock.passUntil(pending);
  }
  return { items, ...await pending };
}

for (const folder of FOLDERS) {
  test(`streams recorded in ${folder} yield their lines at any chunk size`, async () => {
    const streams = (await transcripts(folder)).filter(isStream)
      .filter((exchange) => !isCompressed(exchange));
    for (const exchange of streams) {
      const expected = linesOf(exchange);
      const { length } = exchange.bytes;
      const sizes = length < 50_000
        ? [1, 2, 3, 61, length]
        : [61, 1024, 65536, length];
      for (const chunkSize of sizes) {
        const { items, error } = await decode(
          exchange,
          expected.length,
          chunkSize,
        );
        assertEquals(items as unknown[], expected, exchange.name);
        if (exchange.response.complete) {
          assertEquals(error, undefined, exchange.name);
        } else assertInstanceOf(error, TimeoutError, exchange.name);
      }
    }
    assertEquals(streams.length > 0, true);
  });
}

test("recorded compressed streams arrive as decompressed lines over a socket", async () => {
  for (const version of ["2.7.5", "3.1.0"]) {
    const compressed = (await transcripts(`${version}/07-errors`))
      .filter(isStream).filter(isCompressed);
    assertEquals(compressed.length, 2);
    for (const exchange of compressed) {
      const headers = new Headers(exchange.response.headers);
      const encoding = headers.get("content-encoding")!;
      await using server = await serveRaw(async (wire) => {
        await wire.write(head("200 OK", {
          "content-type": headers.get("content-type")!,
          "content-encoding": encoding,
        }));
        await wire.write(exchange.bytes);
        wire.close();
      });
      const session = { ...SESSION, baseUrl: server.baseUrl };
      // The runtime requests brotli on its own.
      const compression = encoding === "gzip" ? "gzip" : "runtime";
      const stream = await syncStream(session, typesOf(exchange), {
        compression,
      });
      const { items, error } = await drain(stream);
      assertEquals(error, undefined);
      assertEquals(summary(items), COMPRESSED[`${version} ${encoding}`]!);
    }
  }
});

/** The contents of the compressed bodies, as decompressed by other tools. */
const COMPRESSED: Record<string, Record<string, number>> = {
  "2.7.5 gzip": {
    AuthUserV1: 1,
    UserDeleteV1: 1,
    UserV1: 5,
    AssetDeleteV1: 4,
    AssetV1: 140,
    SyncCompleteV1: 1,
  },
  "2.7.5 br": {
    AuthUserV1: 1,
    AssetDeleteV1: 4,
    AssetV1: 140,
    SyncCompleteV1: 1,
  },
  "3.1.0 gzip": {
    AuthUserV1: 1,
    UserDeleteV1: 1,
    UserV1: 5,
    AssetDeleteV1: 4,
    AssetV2: 140,
    SyncCompleteV1: 1,
  },
  "3.1.0 br": {
    AuthUserV1: 1,
    AssetDeleteV1: 4,
    AssetV2: 140,
    SyncCompleteV1: 1,
  },
};

function summary(events: SyncEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

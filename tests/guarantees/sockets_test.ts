/** Connections on real sockets: without faults, and when the client stops. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
} from "@std/assert";
import { HttpError, syncStream, type SyncStreamOptions } from "../../mod.ts";
import { drain, SESSION } from "../support/fetch.ts";
import { chunk, head, type RawServer, serveRaw } from "../support/sockets.ts";
import { test } from "../support/test.ts";

const LINE =
  '{"type":"UserDeleteV1","data":{"userId":"ä"},"ack":"UserDeleteV1|1"}\n';
const COMPLETE =
  '{"type":"SyncCompleteV1","data":{},"ack":"SyncCompleteV1|2"}\n';
const JSON_LINES = { "content-type": "application/jsonlines+json" };
const CHUNKED = head("200 OK", {
  ...JSON_LINES,
  "transfer-encoding": "chunked",
});
const UNTIL_CLOSE = head("200 OK", JSON_LINES);

function open({ baseUrl }: RawServer, options: SyncStreamOptions = {}) {
  return syncStream({ ...SESSION, baseUrl }, ["UsersV1"], options);
}

async function read(server: RawServer, options: SyncStreamOptions = {}) {
  const { items, error } = await drain(await open(server, options));
  return { types: items.map(({ type }) => type as string), error };
}

/** Creates a promise that is resolved by the server's handler. */
function signal() {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => resolve = done);
  return { promise, resolve };
}

test("a stream arrives complete whether it is chunked or ends with the connection", async () => {
  for (const chunked of [true, false]) {
    await using server = await serveRaw(async (wire) => {
      await wire.write(chunked ? CHUNKED : UNTIL_CLOSE);
      for (const text of [LINE, LINE, COMPLETE]) {
        await wire.write(chunked ? chunk(text) : text);
      }
      if (chunked) await wire.write("0\r\n\r\n");
      wire.close();
    });
    const { types, error } = await read(server);
    assertEquals([types.length, error], [3, undefined]);
  }
});

/**
 * Starts an endless stream, stops it, and checks that the socket is released.
 */
async function assertFrees(
  use: (server: RawServer) => Promise<void>,
): Promise<void> {
  const freed = signal();
  await using server = await serveRaw(async (wire) => {
    await wire.write(CHUNKED + chunk(LINE.repeat(3)));
    await wire.gone;
    freed.resolve();
  });
  await use(server);
  await freed.promise;
}

test("leaving a loop over a stream frees the socket", async () => {
  await assertFrees(async (server) => {
    for await (const _ of await open(server)) break;
  });
});

test("an error in a loop over a stream frees the socket", async () => {
  await assertFrees(async (server) => {
    const bug = new Error("a bug in the loop");
    const loop = async () => {
      for await (const _ of await open(server)) throw bug;
    };
    assertEquals(await loop().catch((error) => error), bug);
  });
});

test("canceling a stream that was never read frees the socket", async () => {
  await assertFrees(async (server) => await (await open(server)).cancel());
});

test("canceling a stream during a pending read frees the socket", async () => {
  await assertFrees(async (server) => {
    const reader = (await open(server)).getReader();
    for (let i = 0; i < 3; i++) await reader.read();
    const pending = reader.read();
    await reader.cancel();
    assertEquals((await pending).done, true);
  });
});

test("an abort frees the socket and rejects a pending read with the abort reason", async () => {
  await assertFrees(async (server) => {
    const controller = new AbortController();
    const reader = (await open(server, { signal: controller.signal }))
      .getReader();
    for (let i = 0; i < 3; i++) await reader.read();
    const pending = reader.read().catch((error) => error);
    controller.abort("enough");
    assertEquals(await pending, "enough");
  });
});

test("a bad line in a stream frees the socket", async () => {
  const freed = signal();
  await using server = await serveRaw(async (wire) => {
    await wire.write(CHUNKED + chunk("bad\n"));
    await wire.gone;
    freed.resolve();
  });
  assertEquals((await read(server)).types, []);
  await freed.promise;
});

test("a stream's terminator frees the socket even if the body continues", async () => {
  const freed = signal();
  await using server = await serveRaw(async (wire) => {
    await wire.write(CHUNKED + chunk(LINE + COMPLETE));
    await wire.gone;
    freed.resolve();
  });
  assertEquals((await read(server)).error, undefined);
  await freed.promise;
});

test("backpressure from a consumer that does not read reaches the server", async () => {
  let written = 0;
  const block = LINE.repeat(1000);
  await using server = await serveRaw(async (wire) => {
    await wire.write(UNTIL_CLOSE);
    for (;;) {
      await wire.write(block);
      written += block.length;
    }
  });
  const reader = (await open(server)).getReader();
  await reader.read();
  // Once the buffers of the kernel and the runtime are full, writes block.
  let before = -1;
  while (before !== written) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert(
    written < 64 * 1024 * 1024,
    `${written} bytes were taken for one event`,
  );
  await reader.cancel();
});

const REDIRECTS = [
  "301 Moved",
  "302 Found",
  "307 Temporary",
  "308 Permanent",
];

/**
 * Makes a request that is redirected to another server. Returns the request's
 * error, and whether the other server was contacted.
 */
async function redirect(status: string) {
  let followed = false;
  await using other = await serveRaw((wire) => {
    followed = true;
    return Promise.resolve(wire.close());
  });
  const location = `${other.baseUrl}/api/sync/stream`;
  await using server = await serveRaw(async (wire) => {
    await wire.write(head(status, { location }));
    wire.close();
  });
  const error = await open(server).catch((error) => error);
  return { error, followed, target: other.baseUrl };
}

test("syncStream does not follow a redirect or send the token to its target", async () => {
  for (const status of REDIRECTS) {
    const { error, followed } = await redirect(status);
    assertInstanceOf(error, HttpError);
    assertMatch(error.message, /redirects are not followed/);
    assert(!followed);
  }
});

test("the error for a redirect contains its status and target", async () => {
  for (const status of REDIRECTS) {
    const { error, target } = await redirect(status);
    assertInstanceOf(error, HttpError);
    assertEquals(error.status, Number(status.slice(0, 3)));
    assertMatch(error.message, new RegExp(`redirects? to "${target}"`));
  }
}, {
  not: {
    browser: "browsers hide where a redirect leads",
  },
});

/** Requests and their bodies on real sockets. */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  ConnectionError,
  HttpError,
  ndjson,
  request,
  TimeoutError,
} from "../../mod.ts";
import { Clock, HOUR_MS } from "../support/clock.ts";
import { later } from "../support/events.ts";
import { SESSION } from "../support/fetch.ts";
import { chunk, head, type RawServer, serveRaw } from "../support/sockets.ts";
import { test } from "../support/test.ts";

const CHUNKED = head("200 OK", { "transfer-encoding": "chunked" });

function at({ baseUrl }: RawServer) {
  return { ...SESSION, baseUrl };
}

function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => "no reason", (reason) => reason);
}

/** Responds to every request with the request itself. */
function serveEcho(): Promise<RawServer> {
  return serveRaw(async (wire) => {
    const body = new TextEncoder().encode(wire.request);
    const length = String(body.length);
    const type = "text/plain; charset=utf-8";
    const headers = { "content-length": length, "content-type": type };
    await wire.write(head("201 Created", headers));
    await wire.write(body);
    wire.close();
  });
}

test("a request and its response are sent over a socket", async () => {
  await using server = await serveEcho();
  const path = "/albums/ä?shared=true";
  const body = { name: "Sømmer" };
  const init = { method: "PATCH", body } as const;
  const response = await request(at(server), path, init);
  assertEquals(response.status, 201);
  assertEquals(response.url, `${server.baseUrl}/api/albums/%C3%A4?shared=true`);
  const text = await response.text();
  assert(
    text.startsWith("PATCH /api/albums/%C3%A4?shared=true HTTP/1.1"),
    text,
  );
  assert(text.includes(`Bearer ${SESSION.accessToken}`), text);
  assert(text.endsWith('\r\n\r\n{"name":"Sømmer"}'), text);
});

test("a form is uploaded over a socket with its boundary", async () => {
  await using server = await serveEcho();
  const body = new FormData();
  body.set("deviceId", "worker");
  body.set("assetData", new File(["photo"], "beach.jpg"));
  const init = { method: "POST", body } as const;
  const text = await (await request(at(server), "/assets", init)).text();
  const [, boundary = "-"] =
    /content-type: multipart\/form-data; ?boundary="?([^\r\n"]+)/i.exec(text) ??
      [];
  assertEquals(text.split(`--${boundary}`).length, 4);
  assert(text.includes('filename="beach.jpg"'), text);
});

test("a stream is uploaded over a socket while it is being read", async () => {
  await using server = await serveEcho();
  const { promise: isAsked, resolve } = later();
  const chunks = ["one ", "two ", "three"].values();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      resolve();
      const { done, value } = chunks.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
  }, { highWaterMark: 0 });
  const init = { method: "PUT", body } as const;
  const text = await (await request(at(server), "/a", init)).text();
  await isAsked;
  const sent = text.slice(text.indexOf("\r\n\r\n") + 4);
  const data = sent.replace(/^[0-9a-f]+\r\n|\r\n[0-9a-f]+\r\n/gim, "");
  assert(data.startsWith("one two three"), text);
}, { not: { browser: "browsers upload streams over HTTP/2 only" } });

test(
  "an upload fails with the uploaded stream's error",
  async () => {
    await using server = await serveRaw((wire) => wire.gone);
    const failure = new Error("the disk is gone");
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
      pull: (controller) => controller.error(failure),
    });
    const init = { method: "PUT", body } as const;
    assertEquals(await reasonOf(request(at(server), "/a", init)), failure);
  },
  { not: { browser: "browsers upload streams over HTTP/2 only" } },
);

test("a response without a body has a null body over a socket", async () => {
  await using server = await serveRaw(async (wire) => {
    const isHead = wire.request.startsWith("HEAD ");
    const headers: Record<string, string> = isHead
      ? { "content-length": "1000" }
      : {};
    await wire.write(head(isHead ? "200 OK" : "204 No Content", headers));
    wire.close();
  });
  for (const method of ["HEAD", "DELETE"] as const) {
    const response = await request(at(server), "/a", { method });
    assertEquals(response.status, method === "HEAD" ? 200 : 204);
    assertEquals(response.body, null);
    assertEquals(await response.text(), "");
  }
});

test("a compressed response is decompressed and loses its encoding headers", async () => {
  const text = '{"a":1}\n'.repeat(1000);
  const gzip = new Blob([text]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(gzip).arrayBuffer());
  await using server = await serveRaw(async (wire) => {
    await wire.write(head("200 OK", {
      "content-encoding": "gzip",
      "content-length": String(bytes.length),
    }));
    await wire.write(bytes);
    wire.close();
  });
  const response = await request(at(server), "/a");
  assertEquals(response.headers.get("content-encoding"), null);
  assertEquals(response.headers.get("content-length"), null);
  assertEquals(await response.text(), text);
});

test("a response body is passed on as it arrives", async () => {
  const { promise: isRead, resolve } = later();
  await using server = await serveRaw(async (wire) => {
    await wire.write(CHUNKED + chunk('{"id":1}\n'));
    await isRead;
    await wire.write(chunk('{"id":2}\n') + "0\r\n\r\n");
    wire.close();
  });
  const ids: number[] = [];
  const lines = ndjson<{ id: number }>(await request(at(server), "/a"));
  for await (const { id } of lines) {
    ids.push(id);
    resolve();
  }
  assertEquals(ids, [1, 2]);
});

/** Serves a body that never ends and checks that its connection is released. */
async function assertFrees(
  use: (server: RawServer) => Promise<void>,
): Promise<void> {
  const { promise: isFreed, resolve } = later();
  await using server = await serveRaw(async (wire) => {
    await wire.write(CHUNKED + chunk("a"));
    await wire.gone;
    resolve();
  });
  await use(server);
  await isFreed;
}

test("a response body that stalls causes a TimeoutError and frees the socket", async () => {
  await assertFrees(async (server) => {
    using clock = new Clock();
    const idleTimeoutMs = 2 * HOUR_MS;
    const response = await request(at(server), "/a", { idleTimeoutMs });
    const failing = reasonOf(response.text());
    await clock.passUntil(failing);
    assertInstanceOf(await failing, TimeoutError);
  });
});

test("an aborted download frees the socket and rejects with the signal's reason", async () => {
  await assertFrees(async (server) => {
    const controller = new AbortController();
    const { signal } = controller;
    const response = await request(at(server), "/a", { signal });
    const reader = response.body!.getReader();
    await reader.read();
    const pending = reasonOf(reader.read());
    controller.abort("enough");
    assertEquals(await pending, "enough");
  });
});

test("an abort ends a response body that is being read as text", async () => {
  await assertFrees(async (server) => {
    const controller = new AbortController();
    const { signal } = controller;
    const response = await request(at(server), "/a", { signal });
    const reason = reasonOf(response.text());
    controller.abort("enough");
    assertEquals(await reason, "enough");
  });
});

test("canceling a response body frees the socket", async () => {
  await assertFrees(async (server) => {
    await (await request(at(server), "/a")).body!.cancel();
  });
});

test("canceling a stream of JSON lines frees the socket", async () => {
  await assertFrees(async (server) => {
    await ndjson(await request(at(server), "/a")).cancel();
  });
});

test("an interrupted download fails with a ConnectionError after the received bytes", async () => {
  const { promise: isRead, resolve } = later();
  await using server = await serveRaw(async (wire) => {
    // With `connection: close`, Node 20 treats a reset as the end of the body.
    const headers = { connection: "keep-alive" };
    const start = head("200 OK", {
      "transfer-encoding": "chunked",
      ...headers,
    });
    await wire.write(start + chunk("a"));
    await isRead;
    wire.reset();
  });
  const response = await request(at(server), "/a");
  const reader = response.body!.getReader();
  assertEquals((await reader.read()).value?.length, 1);
  resolve();
  const reason = await reasonOf(reader.read());
  assertInstanceOf(reason, ConnectionError);
});

test("request() does not follow a redirect or send the token to its target", async () => {
  let isFollowed = false;
  await using other = await serveRaw((wire) => {
    isFollowed = true;
    return Promise.resolve(wire.close());
  });
  await using server = await serveRaw(async (wire) => {
    await wire.write(head("307 Temporary", { location: other.baseUrl }));
    wire.close();
  });
  const reason = await reasonOf(request(at(server), "/a"));
  assertInstanceOf(reason, HttpError);
  assertEquals(isFollowed, false);
});

/**
 * The fake server on a socket: compression, and faults that have other effects
 * than in memory.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  FakeImmich,
  type FakeImmichOptions,
  type Fault,
} from "../../src/testing/mod.ts";
import { Device, readBody, toLines, typesOf } from "../support/device.ts";
import { until } from "../support/events.ts";
import { listen } from "../support/listen.ts";
import { LONG_MS } from "../support/timeouts.ts";
import { test } from "../support/test.ts";

const TYPES = ["AssetsV2"];

/** How long a body must send nothing to count as silent, in milliseconds. */
const SILENCE_MS = 150;

interface Served extends AsyncDisposable {
  server: FakeImmich;
  device: Device;
  baseUrl: string;
}

/** Creates a device that reaches a server with assets over a socket. */
function served(options: FakeImmichOptions = {}, assets = 6): Served {
  const server = new FakeImmich(options);
  for (let index = 0; index < assets; index++) server.library.addAsset();
  const socket = listen(server.handler, { isQuiet: true });
  const { baseUrl } = socket;
  return {
    server,
    baseUrl,
    device: new Device(server, { fetch, baseUrl }),
    [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose](),
  };
}

/** Waits until a server has no open streams. */
async function closed(server: FakeImmich): Promise<void> {
  await until(() => server.openStreams === 0, "no stream is open");
}

test("a stream over a socket matches the same stream in memory", async () => {
  await using context = served();
  const { server, device } = context;
  const { session } = device;
  const lines = await device.stream(["AuthUsersV1", "AssetsV2"]);
  const inMemory = await new Device(server, { session }).stream([
    "AuthUsersV1",
    "AssetsV2",
  ]);
  assertEquals(lines.slice(0, -1), inMemory.slice(0, -1));
  await device.acknowledge(lines);
  assertEquals(typesOf(await device.stream(TYPES)), ["SyncCompleteV1"]);
});

/** Reads up to the first complete line, and cancels the rest. */
async function readLine(body: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const chunks = body.values({ preventCancel: true });
  for await (const bytes of chunks) {
    text += new TextDecoder().decode(bytes);
    if (text.includes("\n")) break;
  }
  return text;
}

/** Requests raw bytes over a socket, because `fetch` would decompress them. */
async function rawAnswer(
  { baseUrl, device }: Served,
  encoding: string,
): Promise<{ head: string; body: Uint8Array<ArrayBuffer> }> {
  const { hostname, port } = new URL(baseUrl);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const json = JSON.stringify({ types: TYPES });
  const request = [
    "POST /api/sync/stream HTTP/1.0",
    `host: ${hostname}`,
    `authorization: Bearer ${device.session.accessToken}`,
    `accept-encoding: ${encoding}`,
    `content-length: ${json.length}`,
    "",
    json,
  ].join("\r\n");
  await connection.write(new TextEncoder().encode(request));
  const bytes = new Uint8Array(
    await new Response(connection.readable).arrayBuffer(),
  );
  const text = new TextDecoder("latin1").decode(bytes);
  const end = text.indexOf("\r\n\r\n");
  return { head: text.slice(0, end).toLowerCase(), body: bytes.slice(end + 4) };
}

test("a stream is compressed if this is enabled and the client accepts gzip", async () => {
  await using context = served({ compression: true });
  const { head, body } = await rawAnswer(context, "gzip, br");
  assert(/^content-encoding: gzip$/m.test(head), head);
  assertEquals([...body.slice(0, 2)], [0x1f, 0x8b]);
  const compressed = new Blob([body]).stream();
  const decompressed = compressed.pipeThrough(new DecompressionStream("gzip"));
  const text = await new Response(decompressed).text();
  assertEquals(toLines(text).length, 7);
  assert(body.length * 2 < text.length, `${body.length} of ${text.length}`);

  const plain = await rawAnswer(context, "identity");
  assert(!plain.head.includes("content-encoding"), plain.head);
  assertEquals(toLines(new TextDecoder().decode(plain.body)).length, 7);
});

test("a stream is not compressed by default, and never in memory", async () => {
  await using context = served();
  const { head } = await rawAnswer(context, "gzip, br");
  assert(!head.includes("content-encoding"), head);
  const server = new FakeImmich({ compression: true });
  const headers = { "accept-encoding": "gzip" };
  const answer = await new Device(server).open(TYPES, { headers });
  assertEquals(answer.headers.has("content-encoding"), false);
  assertEquals(toLines(await answer.text()).length, 1);
});

for (const compression of [false, true]) {
  const how = compression ? "a compressed" : "an uncompressed";
  const cases: [Fault, end: "broken" | "ended" | "silent"][] = [
    [{ type: "truncate", atByte: 200 }, "broken"],
    // A truncated gzip file is an error, even if its body ends normally.
    [
      { type: "truncate", atByte: 200, clean: true },
      compression ? "broken" : "ended",
    ],
    [{ type: "stall", atByte: 200 }, "silent"],
    [{ type: "drop" }, "broken"],
    [{ type: "refuse" }, "broken"],
    [{ type: "hang" }, "silent"],
  ];
  for (const [fault, expected] of cases) {
    const clean = "clean" in fault ? " with a clean end" : "";
    test(`the ${fault.type} fault${clean} affects ${how} stream over a socket`, async () => {
      await using context = served({ compression });
      const { server, device } = context;
      server.inject(fault);
      const headers = { "accept-encoding": "gzip" };
      const { text, end } = await readBody(
        await device.open(TYPES, { headers }),
        expected === "silent" ? SILENCE_MS : LONG_MS,
      );
      assertEquals(end, expected);
      assert(toLines(text.slice(0, text.lastIndexOf("\n") + 1)).length < 7);
      await closed(server);
      assertEquals((await device.stream(TYPES)).length, 7);
    });
  }
}

test("the truncate fault interrupts even a compressed stream that ends before atByte", async () => {
  for (const clean of [false, true]) {
    await using context = served({ compression: true });
    const { server, device } = context;
    server.inject({ type: "truncate", atByte: 1e6, clean });
    const headers = { "accept-encoding": "gzip" };
    const answer = await device.open(TYPES, { headers });
    assertEquals((await readBody(answer, LONG_MS)).end, "broken");
    await closed(server);
  }
});

test("a retired type stalls a stream over a socket, compressed or not", async () => {
  for (const compression of [false, true]) {
    await using context = served({ compression });
    const { server, device } = context;
    const headers = { "accept-encoding": "gzip" };
    const answer = await device.open(["AuthUsersV1", "AssetsV1"], { headers });
    assertEquals(answer.status, 200);
    // If the stream is compressed, only some runtimes deliver the first line.
    const first = compression ? "" : await readLine(answer.body!);
    const { text, end } = await readBody(answer, SILENCE_MS);
    assertEquals(end, "silent");
    assert(compression || toLines(first + text).length === 1, first + text);
    await closed(server);
  }
});

test("a request whose response is lost is processed, but a refused request is not", async () => {
  for (
    const [type, known] of [["refuse", 0], ["drop", 1], [
      "truncate",
      1,
    ]] as const
  ) {
    await using context = served();
    const { server, device } = context;
    const fault = { type, on: "ack", atByte: 0 } as const;
    server.inject(fault);
    await assertRejects(async () => {
      const answer = await device.ask("POST", "/sync/ack", {
        acks: ["UserV1"],
      });
      await answer.text();
    });
    assertEquals(Object.keys(await device.checkpoints()).length, known, type);
  }
});

test("a stream over a socket arrives complete even if sent byte by byte", async () => {
  await using context = served({}, 1);
  const { server, device } = context;
  server.inject({ type: "split" });
  assertEquals(typesOf(await device.stream(TYPES)), [
    "AssetV2",
    "SyncCompleteV1",
  ]);
});

test("canceling a stream over a socket leaves nothing open on the server", async () => {
  await using context = served({}, 20_000);
  const { server, device } = context;
  const answer = await device.open(TYPES);
  const reader = answer.body!.getReader();
  await reader.read();
  assertEquals(server.openStreams, 1);
  await reader.cancel();
  await closed(server);
});

test("statuses, pages and redirects are the same over a socket as in memory", async () => {
  await using context = served();
  const { server, device } = context;
  server.inject({ type: "status", status: 503, retryAfterSeconds: 3 });
  server.inject({ type: "html", status: 502 });
  server.inject({ type: "redirect", status: 308 });
  const seen: (string | number | null)[][] = [];
  for (let turn = 0; turn < 3; turn++) {
    const answer = await device.open(TYPES, { redirect: "manual" });
    const { status, headers } = answer;
    seen.push([status, headers.get("retry-after"), headers.get("location")]);
    await answer.body?.cancel();
  }
  assertEquals(seen, [
    [503, "3", null],
    [502, null, null],
    [308, null, "https://elsewhere.test/"],
  ]);
});

test("a fake with a sub-path uses the sub-path in memory but not over a socket", async () => {
  await using context = served({ baseUrl: "https://photos.test/immich" });
  const { server, device } = context;
  assertEquals((await device.stream(TYPES)).length, 7);
  const inMemory = new Device(server);
  assertEquals((await inMemory.stream(TYPES)).length, 7);
});

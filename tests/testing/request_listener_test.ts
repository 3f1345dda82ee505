/** Handlers behind `node:http`. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { login, sync } from "../../mod.ts";
import {
  createRequestListener,
  FakeImmich,
  type Fault,
  type NodeRequest,
  type NodeResponse,
} from "../../src/testing/mod.ts";
import { later, turn, until } from "../support/events.ts";
import {
  collectGarbage,
  type Connection,
  NEEDS_NODE_HTTP,
  serveWithNode,
} from "../support/node_http.ts";
import { test } from "../support/test.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Requests a path on a new connection. */
function get(connection: Connection, path = "/", method = "GET"): void {
  connection.send(`${method} ${path} HTTP/1.1\r\nhost: a.test\r\n\r\n`);
}

test(
  "a sync over node:http fetches the library and stores its acks",
  async () => {
    const fake = new FakeImmich();
    fake.library.addAsset({ originalFileName: "beach.jpg" });
    await using server = await serveWithNode(fake.handler);
    const { baseUrl } = server;
    const session = await login("demo@immich.test", "demo", { baseUrl });
    const runs = [];
    for (let run = 0; run < 2; run++) {
      const { counts } = await sync(session, ["AssetsV2"], {
        process() {},
        reset() {},
      });
      runs.push(counts);
    }
    assertEquals(runs, [{ AssetV2: 1 }, {}]);
    assertEquals(fake.openStreams, 0);
  },
  NEEDS_NODE_HTTP,
);

test(
  "a node:http listener passes on methods, paths, headers and bodies",
  async () => {
    await using server = await serveWithNode(async (request) => {
      const { method, url, headers } = request;
      const body = await request.text();
      const seen = { method, url, test: headers.get("x-test"), body };
      const response = Response.json(seen, { status: 201 });
      response.headers.set("x-reply", "yes");
      response.headers.append("set-cookie", "a=1");
      response.headers.append("set-cookie", "b=2");
      return response;
    });
    const url = `${server.baseUrl}/a/b?c=%20d`;
    const response = await fetch(url, {
      method: "PUT",
      headers: { "x-test": "value" },
      body: "größer",
    });
    assertEquals(response.status, 201);
    assertEquals(await response.json(), {
      method: "PUT",
      url,
      test: "value",
      body: "größer",
    });
    assertEquals(response.headers.get("x-reply"), "yes");
    assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
  },
  NEEDS_NODE_HTTP,
);

test(
  "a node:http listener streams the request and the response simultaneously",
  async () => {
    await using server = await serveWithNode(({ body }) => new Response(body));
    using connection = server.connect();
    connection.send(
      "POST / HTTP/1.1\r\nhost: a.test\r\ntransfer-encoding: chunked\r\n\r\n",
    );
    connection.send("5\r\nfirst\r\n");
    await connection.receives("first");
    connection.send("6\r\nsecond\r\n");
    await connection.receives("second");
    connection.send("0\r\n\r\n");
    await connection.receives("0\r\n\r\n");
  },
  NEEDS_NODE_HTTP,
);

test(
  "a node:http connection can be reused even if a request's body is not read",
  async () => {
    const readers: Record<string, (body: Request["body"]) => unknown> = {
      "/ignores": () => {},
      "/cancels": (body) => body?.cancel(),
      "/reads-a-part": (body) => body?.getReader().read(),
      "/throws": () => Promise.reject(new Error("not now")),
    };
    await using server = await serveWithNode(async ({ body, url }) => {
      const { pathname } = new URL(url);
      await readers[pathname]?.(body);
      return new Response(`at ${pathname}.`);
    });
    const text = "x".repeat(200_000);
    for (const path of Object.keys(readers)) {
      using connection = server.connect();
      connection.send(
        `POST ${path} HTTP/1.1\r\nhost: a.test\r\ncontent-length: 200000\r\n\r\n${text}`,
      );
      get(connection, "/next");
      await connection.receives("at /next.");
    }
  },
  NEEDS_NODE_HTTP,
);

test("a node:http listener sends no body for HEAD, 204 and 304", async () => {
  const canceled: string[] = [];
  await using server = await serveWithNode(({ url, method }) => {
    const status = Number(new URL(url).pathname.slice(1));
    if (status !== 200) return new Response(null, { status });
    const body = new ReadableStream({
      cancel: () => void canceled.push(method),
    });
    return new Response(body, { headers: { "content-length": "9" } });
  });
  using connection = server.connect();
  for (
    const [method, path] of [["HEAD", "/200"], ["GET", "/204"], ["GET", "/304"]]
  ) {
    get(connection, path, method);
    await connection.receives(`HTTP/1.1 ${path!.slice(1)} `);
    await connection.receives("\r\n\r\n");
    assertMatch(connection.received, /\r\n\r\n$/);
    connection.received = "";
  }
  assertEquals(canceled, ["HEAD"]);
}, NEEDS_NODE_HTTP);

for (
  const [name, handler] of [
    ["throws", () => {
      throw new TypeError("On purpose");
    }],
    ["rejects", () => Promise.reject(new TypeError("On purpose"))],
  ] as [string, () => Promise<Response>][]
) {
  test(
    `a node:http listener responds with status 500 if its handler ${name}`,
    async () => {
      await using server = await serveWithNode(handler);
      const response = await fetch(server.baseUrl);
      assertEquals(response.status, 500);
      assertEquals(await response.text(), "TypeError: On purpose");
    },
    NEEDS_NODE_HTTP,
  );
}

/** Returns how a response ends on the wire, and how long its body is. */
async function endOf(
  fault: Fault,
): Promise<{ end: "whole" | "broken"; length: number }> {
  const fake = new FakeImmich();
  for (let i = 0; i < 6; i++) fake.library.addAsset();
  const { accessToken } = fake.createSession();
  fake.inject(fault);
  await using server = await serveWithNode(fake.handler);
  using connection = server.connect();
  const body = '{"types":["AssetsV2"]}';
  connection.send(
    `POST /api/sync/stream HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n` +
      `authorization: Bearer ${accessToken}\r\n` +
      `content-length: ${body.length}\r\n\r\n${body}`,
  );
  await connection.closed();
  assertEquals(fake.openStreams, 0);
  const [head = "", ...rest] = connection.received.split("\r\n\r\n");
  assertMatch(head, /^HTTP\/1\.1 200 [\s\S]*transfer-encoding: chunked/i);
  const chunks = rest.join("\r\n\r\n");
  const pattern = /([\da-f]+)\r\n/gy;
  let length = 0;
  for (;;) {
    const size = Number.parseInt(pattern.exec(chunks)?.[1] ?? "", 16);
    if (Number.isNaN(size)) return { end: "broken", length };
    if (size === 0) return { end: "whole", length };
    length += size;
    pattern.lastIndex += size + 2;
  }
}

test(
  "a stream that fails over node:http is truncated on the wire",
  async () => {
    const whole = await endOf({ type: "unknown", times: 0 });
    assertEquals(whole.end, "whole");
    assert(whole.length > 300);
    const truncated: Fault = { type: "truncate", atByte: 300 };
    assertEquals(await endOf(truncated), { end: "broken", length: 300 });
    assertEquals(await endOf({ ...truncated, clean: true }), {
      end: "whole",
      length: 300,
    });
    for (const type of ["drop", "refuse"] as const) {
      assertEquals(await endOf({ type }), { end: "broken", length: 0 });
    }
  },
  NEEDS_NODE_HTTP,
);

test(
  "a stalled stream over node:http sends the data before the stall, and stays open",
  async () => {
    const fake = new FakeImmich();
    for (let i = 0; i < 6; i++) fake.library.addAsset();
    fake.inject({ type: "stall", atByte: 300 });
    await using server = await serveWithNode(fake.handler);
    const { accessToken } = fake.createSession();
    const canceled = new AbortController();
    const { body } = await fetch(`${server.baseUrl}/api/sync/stream`, {
      method: "POST",
      headers: { authorization: `Bearer ${accessToken}` },
      body: '{"types":["AssetsV2"]}',
      signal: canceled.signal,
    });
    const reader = body!.getReader();
    for (let length = 0; length < 300;) {
      length += (await reader.read()).value!.length;
    }
    assertEquals(fake.openStreams, 1);
    canceled.abort();
    await reader.read().catch(() => {});
    await until(() => fake.openStreams === 0, "the stream is closed");
  },
  NEEDS_NODE_HTTP,
);

/** A body that counts the bytes read from it, and reports its cancellation. */
function countingBody(chunks = Infinity) {
  const chunk = new Uint8Array(64 * 1024);
  const canceled = later();
  let left = chunks;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (left-- <= 0) return controller.close();
      counted.bytes += chunk.length;
      controller.enqueue(chunk.slice());
    },
    cancel: () => canceled.resolve(),
  }, { highWaterMark: 0 });
  const counted = { body, bytes: 0, canceled: canceled.promise };
  return counted;
}

test("a slow node:http client slows down the response body", async () => {
  const total = 64 * 1024 * 1024;
  const counted = countingBody(total / (64 * 1024));
  await using server = await serveWithNode(() => new Response(counted.body));
  using connection = server.connect();
  get(connection);
  await connection.receives("\r\n\r\n");
  let received = 0;
  while (!connection.received.endsWith("\r\n0\r\n\r\n")) {
    received += connection.received.length;
    // The operating system and the sockets may buffer a part of the body.
    assert(counted.bytes - received < total / 2, `${counted.bytes} bytes`);
    connection.received = "";
    connection.pause();
    await turn();
    connection.resume();
    await until(() => connection.received !== "", "more bytes have arrived");
  }
  assertEquals(counted.bytes, total);
}, NEEDS_NODE_HTTP);

for (const reads of [true, false]) {
  const how = reads ? "reads" : "does not read";
  test(
    `a node:http client that ${how} cancels the response when it disconnects`,
    async () => {
      const counted = countingBody();
      const aborted = later();
      await using server = await serveWithNode(({ signal }) => {
        signal.addEventListener("abort", () => aborted.resolve());
        return new Response(counted.body);
      });
      const connection = server.connect();
      get(connection);
      await connection.receives("\r\n\r\n");
      if (!reads) connection.pause();
      connection[Symbol.dispose]();
      await Promise.all([aborted.promise, counted.canceled]);
    },
    NEEDS_NODE_HTTP,
  );
}

test(
  "a node:http request is aborted if its client disconnects before the response",
  async () => {
    const asked = later();
    const aborted = later();
    const canceled = later();
    await using server = await serveWithNode(async ({ signal }) => {
      asked.resolve();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      aborted.resolve();
      return new Response(new ReadableStream({ cancel: canceled.resolve }));
    });
    const connection = server.connect();
    get(connection);
    await asked.promise;
    connection[Symbol.dispose]();
    await Promise.all([aborted.promise, canceled.promise]);
  },
  NEEDS_NODE_HTTP,
);

test(
  "a node:http request's signal is aborted even if the request is garbage",
  async () => {
    const aborted = later();
    await using server = await serveWithNode(({ signal }) => {
      signal.addEventListener("abort", () => aborted.resolve());
      return new Response(countingBody().body);
    });
    const connection = server.connect();
    get(connection);
    await connection.receives("\r\n\r\n");
    connection.pause();
    // A promise may refer to the request for one more turn.
    for (let turns = 0; turns < 3; turns++) {
      await turn();
      collectGarbage();
    }
    connection[Symbol.dispose]();
    await aborted.promise;
  },
  NEEDS_NODE_HTTP,
);

test("a node:http request's body fails if the client disconnects", async () => {
  const failed = later<string>();
  const started = later();
  await using server = await serveWithNode(async ({ body, signal }) => {
    const reader = body!.getReader();
    await reader.read();
    started.resolve();
    const outcome = await reader.read().then(() => "read", () => "failed");
    await until(() => signal.aborted, "the request is aborted");
    failed.resolve(outcome);
    return new Response(null);
  });
  const connection = server.connect();
  connection.send(
    "POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 9\r\n\r\nhalf",
  );
  await started.promise;
  connection[Symbol.dispose]();
  assertEquals(await failed.promise, "failed");
}, NEEDS_NODE_HTTP);

test(
  "a node:http request's signal is not aborted when the response is complete",
  async () => {
    const signals: AbortSignal[] = [];
    await using server = await serveWithNode(({ signal }) => {
      signals.push(signal);
      return new Response("done");
    });
    using connection = server.connect();
    connection.send(
      "GET / HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n\r\n",
    );
    await connection.closed();
    assertMatch(connection.received, /done/);
    assertEquals(signals.map(({ aborted }) => aborted), [false]);
  },
  NEEDS_NODE_HTTP,
);

/** A fake request and response of Node, which a test controls step by step. */
class Exchange {
  readonly listeners: Record<string, (value?: unknown) => void> = {};
  readonly request: NodeRequest;
  readonly response: NodeResponse;
  /** The chunks written so far. */
  written: string[] = [];
  /** Reports that the last chunk has been sent. */
  sent = () => {};
  isPaused = false;

  constructor(method: string) {
    const on = (event: string, listener: (value: never) => void) => {
      this.listeners[event] = listener as (value?: unknown) => void;
    };
    this.request = {
      method,
      url: "/",
      rawHeaders: ["Host", "a.test"],
      pause: () => this.isPaused = true,
      resume: () => this.isPaused = false,
      on,
    };
    this.response = {
      writableFinished: false,
      statusCode: 0,
      setHeader() {},
      flushHeaders() {},
      write: (chunk, callback) => {
        this.written.push(new TextDecoder().decode(chunk));
        this.sent = callback;
      },
      end: () => this.written.push("end"),
      destroy: () => this.written.push("destroy"),
      on: () => {},
    };
  }
}

test("a listener reads a request's next chunk only when the handler asks for it", async () => {
  const exchange = new Exchange("POST");
  const taken = later<Request>();
  const over = later<Response>();
  createRequestListener((request) => {
    taken.resolve(request);
    return over.promise;
  })(exchange.request, exchange.response);
  const reader = (await taken.promise).body!.getReader();
  assert(exchange.isPaused);
  for (const text of ["first", "second"]) {
    const read = reader.read();
    await until(() => !exchange.isPaused, "the request is resumed");
    exchange.listeners.data!(bytes(text));
    assert(exchange.isPaused);
    assertEquals(new TextDecoder().decode((await read).value), text);
  }
  exchange.listeners.end!();
  assertEquals((await reader.read()).done, true);
  over.resolve(new Response(null));
});

test("a listener reads a response's next chunk only after the last one was sent", async () => {
  const exchange = new Exchange("GET");
  let pulled = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (++pulled > 3) controller.close();
      else controller.enqueue(bytes(String(pulled)));
    },
  }, { highWaterMark: 0 });
  createRequestListener(() => new Response(body))(
    exchange.request,
    exchange.response,
  );
  for (const expected of [["1"], ["1", "2"], ["1", "2", "3"]]) {
    await until(() => exchange.written.length === expected.length, "a write");
    await turn();
    assertEquals([exchange.written, pulled], [expected, expected.length]);
    exchange.sent();
  }
  await until(() => exchange.written.at(-1) === "end", "the end");
});

/**
 * Serves a handler with `node:http`, for runtimes without `Deno.serve`.
 *
 * @module
 */

/** The part of Node's `http.IncomingMessage` that the listener uses. */
export interface NodeRequest {
  /** The HTTP method. */
  readonly method?: string | undefined;
  /** The path and the query. */
  readonly url?: string | undefined;
  /** The headers, as an alternating list of names and values. */
  readonly rawHeaders: readonly string[];
  /** Stops the `data` events. */
  pause(): unknown;
  /** Continues the `data` events. */
  resume(): unknown;
  /** Adds a listener. */
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  /** Adds a listener. */
  on(event: "end" | "close", listener: () => void): unknown;
  /** Adds a listener. */
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** The part of Node's `http.ServerResponse` that the listener uses. */
export interface NodeResponse {
  /** Whether all data has been passed to the operating system. */
  readonly writableFinished: boolean;
  /** The status code. */
  statusCode: number;
  /** Sets a header. */
  setHeader(name: string, value: string | string[]): unknown;
  /** Sends the status and the headers. */
  flushHeaders(): void;
  /** Sends a chunk, and calls the callback when the next chunk can be sent. */
  write(chunk: Uint8Array, callback: () => void): unknown;
  /** Ends the body. */
  end(): unknown;
  /** Closes the connection. */
  destroy(): unknown;
  /** Adds a listener. */
  on(event: "close" | "finish", listener: () => void): unknown;
  /** Adds a listener. */
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** A listener for Node's `createServer`. */
export type RequestListener = (
  request: NodeRequest,
  response: NodeResponse,
) => void;

/**
 * Turns a handler into a listener for `createServer` from `node:http`, a module
 * that Node, Bun and Deno support.
 *
 * Bodies are streamed in both directions, but only as fast as they are read. If
 * the client disconnects, the request's signal is aborted and the response body
 * is canceled. If the response body fails, the connection is closed before the
 * body ends, so that the client notices. If the handler throws, the client
 * receives status 500 with the error's message.
 *
 * @example Serve the fake server with `node:http`
 * ```ts
 * import { serverVersion } from "@immich-edge/sync";
 * import { createRequestListener, FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 * import { once } from "node:events";
 * import { createServer } from "node:http";
 *
 * const { handler } = new FakeImmich({ version: { major: 2, minor: 7, patch: 5 } });
 * const server = createServer(createRequestListener(handler));
 * server.listen(0, "127.0.0.1");
 * await once(server, "listening");
 * const { port } = server.address() as { port: number };
 * const baseUrl = `http://127.0.0.1:${port}`;
 * assertEquals((await serverVersion({ baseUrl })).minor, 7);
 * server.close();
 * ```
 */
export function createRequestListener(
  handler: (request: Request) => Response | Promise<Response>,
): RequestListener {
  return async (message, out) => {
    const disconnected = new AbortController();
    const { signal } = disconnected;
    // Without listeners, a lost connection would end the process.
    message.on("error", () => {});
    out.on("error", () => {});
    out.on("close", () => {
      if (!out.writableFinished) disconnected.abort();
    });
    let response: Response;
    try {
      const request = toRequest(message, out, signal);
      // In Node, the signal of a request that has been garbage-collected is never
      // aborted (2026-11).
      out.on("close", () => void request);
      response = await handler(request);
    } catch (error) {
      response = new Response(String(error), { status: 500 });
    }
    try {
      await send(response, out, message.method === "HEAD", signal);
    } catch {
      out.destroy();
    }
  };
}

function toRequest(
  message: NodeRequest,
  out: NodeResponse,
  signal: AbortSignal,
): Request {
  const { method = "GET", url = "/", rawHeaders } = message;
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index]!, rawHeaders[index + 1]!);
  }
  const address = `http://${headers.get("host") ?? "localhost"}${url}`;
  if (method === "GET" || method === "HEAD") {
    return new Request(address, { method, headers, signal });
  }
  const body = toBody(message, out);
  const init = { method, headers, signal, body, duplex: "half" };
  return new Request(address, init);
}

/** Reads a request's body on demand, until the response is sent. */
function toBody(
  message: NodeRequest,
  out: NodeResponse,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let isOver = false;
  /** Reads on and drops the rest, so that the connection can be used again. */
  function drop(): void {
    isOver = true;
    message.resume();
  }
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      message.on("data", (chunk) => {
        if (isOver) return;
        // Copies the chunk, because Node reuses its buffers.
        controller.enqueue(new Uint8Array(chunk));
        message.pause();
      });
      message.on("end", () => {
        if (!isOver) controller.close();
        isOver = true;
      });
      message.on("close", () => {
        if (!isOver) controller.error(new TypeError("The client disconnected"));
        isOver = true;
      });
      out.on("finish", () => {
        if (!isOver) controller.error(new TypeError("The response was sent"));
        drop();
      });
      message.pause();
    },
    pull: () => void message.resume(),
    cancel() {
      isOver = true;
      // Discards the rest of the body, so that the connection can be reused.
      message.resume();
    },
  }, { highWaterMark: 0 });
}

async function send(
  response: Response,
  out: NodeResponse,
  isHead: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { status, headers, body } = response;
  out.statusCode = status;
  headers.forEach((value, name) => out.setHeader(name, value));
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) out.setHeader("set-cookie", cookies);
  if (body === null || isHead) {
    await body?.cancel();
    out.end();
    return;
  }
  out.flushHeaders();
  // After the connection is lost, a write may never call its callback.
  let proceed = () => {};
  signal.addEventListener("abort", () => proceed(), { once: true });
  const sink = new WritableStream<Uint8Array>({
    write: (chunk) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        proceed = resolve;
        out.write(chunk, resolve);
      }),
    close: () => void out.end(),
  });
  await body.pipeTo(sink, { signal });
}

/** Serves request handlers over sockets. */
import type { FakeImmich } from "../../src/testing/mod.ts";
import { listen, type Listening } from "./listen.ts";
import { head, serveRaw, type Wire } from "./sockets.ts";

/** Handles a request. */
export type Handler = FakeImmich["handler"];

/** Serves with the runtime's own server, which reuses connections. */
export function serveKept(handler: Handler): Promise<Listening> {
  return Promise.resolve(listen(handler, { isQuiet: true }));
}

/**
 * Serves each request on its own connection. Unlike the runtime's server, this
 * one sends no head if the body fails or stalls before its first byte.
 */
export function serveEach(handler: Handler): Promise<Listening> {
  return serveRaw(async (wire) => {
    const { status, headers, body } = await handler(toRequest(wire.request));
    const reader = body?.getReader();
    // Otherwise, a stalled body would stay open after its client has
    // disconnected.
    void wire.gone.then(() => reader?.cancel().catch(() => {}));
    let start = head(`${status} `, {
      ...Object.fromEntries(headers),
      ...(reader === undefined ? {} : { "transfer-encoding": "chunked" }),
    });
    try {
      for (;;) {
        const { done, value } = await reader?.read() ??
          { done: true, value: undefined };
        if (done) break;
        await writeChunk(wire, start, value);
        start = "";
      }
    } catch {
      return wire.close();
    }
    await wire.write(start + (reader === undefined ? "" : "0\r\n\r\n"));
    wire.close();
  });
}

async function writeChunk(
  wire: Wire,
  start: string,
  bytes: Uint8Array,
): Promise<void> {
  await wire.write(`${start}${bytes.length.toString(16)}\r\n`);
  await wire.write(bytes);
  await wire.write("\r\n");
}

function toRequest(text: string): Request {
  const [start = "", body = ""] = text.split("\r\n\r\n");
  const [line = "", ...fields] = start.split("\r\n");
  const [method = "", path = ""] = line.split(" ");
  const headers = new Headers(
    fields.map((field): [string, string] => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon), field.slice(colon + 1).trim()];
    }),
  );
  return new Request(`http://127.0.0.1${path}`, {
    method,
    headers,
    ...(body === "" ? {} : { body }),
  });
}

/**
 * A server that sends a generated stream over a socket. Like a real server, it
 * sends one line per HTTP chunk, either as fast as the client reads or at a
 * fixed rate. All chunks are encoded in advance, so the server needs little CPU
 * time. The server prints its base URL.
 *
 * Each client uses its own base path. A client's first stream contains all
 * events; later streams contain nothing new.
 *
 *     deno run -A bench/wire/server.ts EVENTS [LINES_PER_SECOND]
 *
 * @module
 */
import {
  chunk,
  head,
  serveRaw,
  type Wire,
} from "../../tests/support/sockets.ts";
import { linesOf } from "../stream.ts";

/**
 * Number of lines per write. A real server also writes several lines at once:
 * all the lines returned by one query.
 */
const LINES_PER_WRITE = 20;

const [events = "0", rate = "Infinity"] = Deno.args;
const { lines, repeats, last } = linesOf(Number(events));
const clients = new Set<string>();

/** The repeated lines, as encoded chunks. */
const writes: Uint8Array[] = [];
for (let i = 0; i < lines.length; i += LINES_PER_WRITE) {
  const chunks = lines.slice(i, i + LINES_PER_WRITE).map(chunk);
  writes.push(new TextEncoder().encode(chunks.join("")));
}

async function sendEvents(wire: Wire): Promise<void> {
  const started = performance.now();
  for (let i = 0; i < repeats * writes.length; i++) {
    const dueMs = i * LINES_PER_WRITE * 1000 / Number(rate);
    const earlyMs = dueMs - (performance.now() - started);
    if (earlyMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, earlyMs));
    }
    await wire.write(writes[i % writes.length]!);
  }
}

await using server = await serveRaw(async (wire) => {
  const [, path = ""] = wire.request.split(" ");
  if (path.endsWith("/sync/stream")) {
    await wire.write(head("200 OK", {
      "content-type": "application/jsonlines+json",
      "transfer-encoding": "chunked",
    }));
    if (!clients.has(path)) await sendEvents(wire);
    clients.add(path);
    await wire.write(`${chunk(last)}0\r\n\r\n`);
  } else await wire.write(head("204 No Content"));
  wire.close();
});
console.log(server.baseUrl);
// Runs until the parent process closes the pipe or ends.
for await (const _ of Deno.stdin.readable);

/** The wire bench sends a stream shaped like a real server's. */
import { assert, assertEquals } from "@std/assert";
import { connect } from "node:net";
import { countBytes, countRows, linesOf } from "../../bench/stream.ts";
import { startServer } from "../../bench/wire/start_server.ts";
import { WIRE_WAYS } from "../../bench/wire/ways.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

const EVENTS = 8_000;

/** Sends a plain request over a socket, and returns the raw response. */
function readRaw(url: string): Promise<string> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`);
  socket.setEncoding("utf8");
  let text = "";
  socket.on("data", (part) => text += part);
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("end", () => resolve(text));
  });
}

test("the bench server sends each line as one HTTP chunk", async () => {
  await using server = await startServer(EVENTS);
  const raw = await readRaw(`${server.url}/raw/api/sync/stream`);
  const body = raw.slice(raw.indexOf("\r\n\r\n") + 4);
  const { lines, last } = linesOf(EVENTS);
  const encoder = new TextEncoder();
  const expected = [...lines, last, ""].map((line) =>
    `${encoder.encode(line).length.toString(16)}\r\n${line}\r\n`
  );
  assert(body === expected.join(""));
});

test("every client in the bench reads every row from the bench server", async () => {
  await using server = await startServer(EVENTS);
  for (const [i, [name, way]] of Object.entries(WIRE_WAYS).entries()) {
    const count = await way({
      baseUrl: `${server.url}/${i}`,
      fetch: (url, init) => fetch(url, init),
    });
    const isBytes = name.startsWith("chunks only");
    assertEquals(count, isBytes ? countBytes(EVENTS) : countRows(EVENTS), name);
  }
});

test("a bench reports an invalid option in a single sentence", async () => {
  const sentences = {
    "--events 8001":
      "Cannot generate 8001 events: the number must be a positive multiple of 8000",
    "--events many": '--events must be a number of at least 1, received "many"',
    "--rounds 0": '--rounds must be a number of at least 1, received "0"',
    "--runtime perl":
      '--runtime must be one of deno, node20, node22, node24, bun; received "perl"',
  };
  for (const [args, sentence] of Object.entries(sentences)) {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "-q", "--no-check", "bench/mod.ts"]
        .concat(args.split(" ")),
      cwd: ROOT,
    }).output();
    const printed = new TextDecoder().decode(stderr);
    const help = "For help: deno task bench --help";
    assertEquals([code, stdout.length, printed], [
      2,
      0,
      `${sentence}\n${help}\n`,
    ]);
  }
});

/** The page on the wire protocol agrees with the recordings. */
import { assert, assertEquals } from "@std/assert";
import { filesBelow } from "../../tools/files.ts";
import { blocksOf, ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

const page = await Deno.readTextFile(new URL("docs/PROTOCOL.md", ROOT));

/** Returns the recorded lines of streams and the recorded JSON bodies. */
async function readRecordings() {
  const lines = new Set<string>();
  const bodies = new Set<string>();
  for (const path of await filesBelow("tests/transcripts")) {
    const text = await Deno.readTextFile(new URL(path, ROOT));
    if (path.endsWith(".ndjson")) {
      for (const line of text.split("\n")) lines.add(line);
    } else if (path.endsWith(".json")) {
      const { request, response } = JSON.parse(text);
      for (const body of [request?.body, response?.body]) {
        if (typeof body === "string" && isJson(body)) {
          bodies.add(JSON.stringify(JSON.parse(body)));
        }
      }
    }
  }
  return { lines, bodies };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const { lines, bodies } = await readRecordings();

test("every stream line in the protocol page was recorded", () => {
  const examples = blocksOf(page, "jsonl").join("").trim().split("\n");
  assert(examples.length >= 8);
  assertEquals(examples.filter((line) => !lines.has(line)), []);
});

test("every body in the protocol page was recorded", () => {
  const examples = blocksOf(page, "json")
    .map((text) => JSON.stringify(JSON.parse(text)));
  assert(examples.length >= 3);
  assertEquals(examples.filter((body) => !bodies.has(body)), []);
});

test("every error message in the protocol page was recorded", () => {
  const rows = Array.from(page.matchAll(/^\| (\d{3}) +\| `([^`]+)`/gm));
  assert(rows.length >= 10);
  const all = [...bodies].join("\n");
  const missing = rows.map(([, , message]) => message!).filter((message) =>
    !all.includes(`"message":${JSON.stringify(message)}`)
  );
  assertEquals(missing, []);
});

/** A version 7 UUID. */
const ID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}";

/** The shapes of Immich's acks, as listed on the page. */
const ACK = new RegExp(
  `^(?:\\w+V\\d\\|${ID}(?:\\|(?:${ID}|complete))?|SyncResetV1\\|reset)$`,
);

test("every recorded ack has one of the shapes in the protocol page", () => {
  let count = 0;
  for (const line of lines) {
    if (!line.startsWith('{"type":')) continue;
    const { ack } = JSON.parse(line);
    assert(ACK.test(ack), ack);
    count++;
  }
  assert(count > 1000, `${count} lines`);
});

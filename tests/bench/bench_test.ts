/** The bench measures what it claims to measure. */
import { assertEquals } from "@std/assert";
import { countRows, generateBody } from "../../bench/stream.ts";
import { PEERS } from "../../bench/peers.ts";
import { fromMemory, WAYS } from "../../bench/ways.ts";
import { test } from "../support/test.ts";
import { linesOf, transcript } from "../support/transcripts.ts";

test("every reader in the bench reads all rows", async () => {
  for (const [name, way] of Object.entries({ ...WAYS, ...PEERS })) {
    assertEquals(
      await way(fromMemory(generateBody(16_000))),
      countRows(16_000),
      name,
    );
  }
});

test("the bench's generated stream has the same types and shapes as a recorded one", async () => {
  const shapeOf = (value: unknown) => {
    const { type, data, ack } = value as {
      type: string;
      data: object;
      ack: string;
    };
    return `${type} ${Object.keys(data)} ${ack.split("|").length}`;
  };
  const recorded = linesOf(
    await transcript("3.1.0/03-sync-admin/002-initial-all"),
  );
  const text = await new Response(generateBody(8_000)).text();
  const generated = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(new Set(generated.map(shapeOf)), new Set(recorded.map(shapeOf)));
  assertEquals(new Set(generated.map(({ ack }) => ack)).size > 7_000, true);
});

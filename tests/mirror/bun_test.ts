/** A mirror in Bun's SQLite, and in Node's. */
import { assertEquals } from "@std/assert";
import { findBun, findNode } from "../support/bun.ts";
import { bundle } from "../support/bundle.ts";
import { SEED } from "../support/property.ts";
import { test } from "../support/test.ts";

const SEQUENCES = { "3.1.0": 70, "2.7.5": 30 };

const RUNTIMES = { Bun: findBun, "Node 24": findNode };

for (const [name, find] of Object.entries(RUNTIMES)) {
  test(`a mirror in ${name}'s SQLite matches the server after random changes and syncs`, async () => {
    const file = await Deno.makeTempFile({ suffix: ".mjs" });
    try {
      const code = await bundle("tests/mirror/inside/process.ts");
      await Deno.writeTextFile(file, code);
      const parameters = Object.entries(SEQUENCES).map(([release, numRuns]) =>
        JSON.stringify({ release, numRuns, seed: SEED })
      );
      const { stdout, stderr } = await new Deno.Command(await find(), {
        args: [file, ...parameters],
      }).output();
      const [out, err] = [stdout, stderr].map((bytes) =>
        new TextDecoder().decode(bytes)
      );
      const numbers = Object.values(SEQUENCES).map((number) => `${number}\n`);
      assertEquals(out, numbers.join(""), err);
    } finally {
      await Deno.remove(file);
    }
  });
}

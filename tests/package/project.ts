/** New projects outside the repository, like a user's own. */
import { assertEquals } from "@std/assert";
import { run } from "../../tools/run.ts";
import { sessionIds } from "../support/kept.ts";
import { listen } from "../support/listen.ts";
import { blocksOf, ROOT } from "../support/sources.ts";
import { FakeImmich } from "../../src/testing/mod.ts";

/** A directory. Disposing of the project deletes the directory. */
export interface Project extends AsyncDisposable {
  directory: string;
  write(path: string, text: string): Promise<void>;
  /** Runs a command in the directory, and returns its output. */
  run(command: string, ...args: string[]): Promise<string>;
}

/** Creates an empty project. */
export async function freshProject(): Promise<Project> {
  const directory = await Deno.makeTempDir({ prefix: "project-" });
  return {
    directory,
    write: (path, text) => Deno.writeTextFile(`${directory}/${path}`, text),
    run: (command, ...args) => run(command, args, { cwd: directory }),
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/**
 * Returns the TypeScript blocks in the README, followed by those in the guide.
 */
export async function documentedBlocks(): Promise<string[]> {
  const blocks: string[] = [];
  for (const path of ["README.md", "docs/GUIDE.md"]) {
    const markdown = await Deno.readTextFile(new URL(path, ROOT));
    blocks.push(...blocksOf(markdown, "ts"));
  }
  return blocks;
}

/** A server for the README's first example. */
export interface ExampleServer extends AsyncDisposable {
  /** Turns the example into a program for the server. */
  toProgram(example: string): string;
  /**
   * Runs the program twice, and asserts what it prints: the second run fetches
   * nothing, and uses the same login and child session.
   */
  runTwice(run: () => Promise<string>): Promise<void>;
}

/** Starts a server with one photo on a loopback port. */
export function serveFirstExample(): ExampleServer {
  const fake = new FakeImmich({ email: "ada@example.com", password: "engine" });
  fake.library.addAsset({ originalFileName: "beach.jpg" });
  const { baseUrl, ...server } = listen(fake.handler);
  return {
    toProgram: (example) =>
      example.replace("https://photos.example.com", baseUrl),
    async runTwice(run) {
      // Bun prints each property on a line of its own.
      const toLine = (output: string) => output.replace(/[\s,]+/g, "");
      assertEquals(toLine(await run()), "{AssetV2:1}");
      const sessions = await sessionIds(fake);
      assertEquals(sessions.length, 2);
      assertEquals(toLine(await run()), "{}");
      assertEquals(await sessionIds(fake), sessions);
    },
    ...server,
  };
}

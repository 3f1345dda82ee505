/** The programs in `docs/recipes`, which tests run as users would. */
import { assert, assertEquals } from "@std/assert";
import { FakeImmich } from "../../src/testing/mod.ts";
import { sessionIds } from "./kept.ts";
import { listen } from "./listen.ts";
import { ROOT } from "./sources.ts";

/** The ThumbHash of a photo that has a thumbnail. */
export const THUMBHASH = "3OcRJYB4d3h/iIeHeEh3eIhw+j2w";

/** Reads a page. */
export async function recipe(page: string): Promise<string> {
  return await Deno.readTextFile(new URL(`docs/recipes/${page}.md`, ROOT));
}

/**
 * Returns the files in pages: path → content. The first line of each file is a
 * comment that contains the path.
 */
export async function filesIn(
  ...pages: string[]
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const page of pages) {
    const fences = (await recipe(page)).matchAll(/^```\w+\n([\s\S]*?)^```$/gm);
    for (const [, text = ""] of fences) {
      const [, path] = /^(?:\/\/|#|--|<!--) ([\w+./[\]-]+\.\w+)(?: -->)?\n/
        .exec(text) ?? [];
      if (path === undefined) continue;
      assert(!files.has(path), `${page} repeats the file "${path}"`);
      files.set(path, text);
    }
  }
  return files;
}

/** A server with one photo, and the environment variables for its user. */
export interface RecipeServer extends AsyncDisposable {
  fake: FakeImmich;
  env: Record<string, string>;
}

/**
 * Starts a server for a recipe on a loopback port.
 *
 * @param respond Handles requests that the fake server does not support.
 */
export function serveRecipe(
  respond: (request: Request) => Response | undefined = () => undefined,
): RecipeServer {
  const fake = new FakeImmich({ email: "ada@example.com", password: "engine" });
  fake.library.addAsset({ originalFileName: "beach.jpg" });
  const { baseUrl, ...server } = listen((request) =>
    respond(request) ?? fake.handler(request)
  );
  const env = {
    IMMICH_URL: baseUrl,
    IMMICH_EMAIL: "ada@example.com",
    IMMICH_PASSWORD: "engine",
  };
  return { fake, env, ...server };
}

/**
 * Runs a program twice. The program must print its counts and the names of the
 * newest photos. Asserts that the second run uses the same sessions and fetches
 * only changes.
 */
export async function assertKeepsCopy(
  { fake }: RecipeServer,
  run: () => Promise<string>,
): Promise<void> {
  const lines = async () => (await run()).trim().split("\n");
  const [counts = "", ...names] = await lines();
  assert(/AssetV2"?: ?1/.test(counts), counts);
  assertEquals(names, ["beach.jpg"]);
  const sessions = await sessionIds(fake);
  assertEquals(sessions.length, 2, "the login and its child session");
  assertEquals(await lines(), ["{}", "beach.jpg"]);
  assertEquals(await sessionIds(fake), sessions);
}

/** The recipe that prints which albums changed since its previous run. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { filesIn, serveRecipe } from "../support/recipes.ts";
import { test } from "../support/test.ts";
import { type UserProject, userProject } from "../support/user_project.ts";

const PROGRAM = "changed_albums.ts";
const KILL = 'Deno.kill(Deno.pid, "SIGKILL")';

/** Creates a project with the recipe and a variant of it that kills itself. */
async function createProject(
  where = "",
  replacement: (where: string) => string = () => "",
): Promise<UserProject> {
  const files = await filesIn("changed-albums", "session-stores");
  const program = files.get(PROGRAM)!;
  assert(program.includes(where));
  // With the default, a killed run's lease would block the next run for 30 seconds.
  const killed = program.replace("prefix:", "leaseMs: 1, prefix:")
    .replace(where, replacement(where));
  files.set("killed.ts", killed);
  return await userProject(files);
}

/** Returns a function that runs a program, and returns the lines it prints. */
function runner(project: UserProject, env: Record<string, string>) {
  return async (program = PROGRAM) => {
    const output = await project.run(["-NRWE", "--no-prompt", program], env);
    return output.split("\n").filter((line) => line !== "").sort();
  };
}

test("the changed-albums recipe prints each kind of change exactly once", async () => {
  await using project = await createProject();
  await using server = serveRecipe();
  const { library, user } = server.fake;
  const run = runner(project, server.env);
  const [a, b, c] = [1, 2, 3].map(() => library.addAsset().id);
  const kept = library.addAlbum({ name: "Kept" }, [a!, b!]);
  const old = library.addAlbum({ name: "Old" }, [a!]);
  const snow = library.addAlbum({ name: "Snow" });
  const bob = library.as(library.addUser({ email: "bob@immich.test" }).id);
  const shared = bob.addAlbum({ name: "Bob's" }, [bob.addAsset().id]);
  bob.shareAlbum(shared.id, user.id);
  assertEquals(await run(), []);

  library.addToAlbum(kept.id, [c!]);
  library.removeFromAlbum(kept.id, [a!, b!]);
  library.deleteAlbum(old.id);
  library.updateAlbum(snow.id, { name: "Winter" });
  library.addAlbum({ name: "Summer" }, [a!, b!]);
  library.addAlbum({ name: "Empty" });
  bob.unshareAlbum(shared.id, user.id);
  assertEquals(await run(), [
    "added to Kept: 1",
    "added to Summer: 2",
    "deleted: Bob's",
    "deleted: Old",
    "new: Empty",
    "new: Summer",
    "removed from Kept: 2",
    "renamed: Winter (was Snow)",
  ]);
  assertEquals(await run(), []);

  library.updateAlbum(kept.id, { description: "Not part of the report" });
  await Deno.remove(`${project.directory}/session.json`);
  assertEquals(await run(), [], "a new session starts a full sync");

  library.trashAsset(c!);
  assertEquals(await run(), ["removed from Kept: 1"]);
  library.restoreAsset(c!);
  assertEquals(await run(), ["added to Kept: 1"]);
});

test("the changed-albums recipe counts all photos in an album that arrives late", async () => {
  await using project = await createProject();
  await using server = serveRecipe();
  const { library } = server.fake;
  const run = runner(project, server.env);
  assertEquals(await run(), []);
  const photo = library.addAsset();
  const album = library.addAlbum({ name: "Summer" }, [photo.id]);
  // The stream leaves out a row that changes while it is being sent.
  server.fake.changeDuringStream({ before: "AlbumsV2" }, () => {
    library.updateAlbum(album.id, { description: "Changed" });
  });
  assertEquals(await run(), []);
  assertEquals(await run(), ["added to Summer: 1", "new: Summer"]);
});

test("the changed-albums recipe repeats changes if it is killed after printing", async () => {
  await using project = await createProject(
    "database.exec(`\n  DELETE FROM seen_albums;",
    (where) => `${KILL};\n${where}`,
  );
  await using server = serveRecipe();
  const { library } = server.fake;
  const run = runner(project, server.env);
  assertEquals(await run(), []);
  library.addAlbum({ name: "Summer" }, [library.addAsset().id]);
  await assertRejects(() => run("killed.ts"), Error);
  const lines = ["added to Summer: 1", "new: Summer"];
  assertEquals(await run(), lines);
  assertEquals(await run(), []);
});

test("the changed-albums recipe misses nothing if it is killed during the sync", async () => {
  await using project = await createProject(
    'whenBusy: "wait"',
    (where) =>
      `${where}, onProgress: ({ type }) => { if (type === "AlbumToAssetV1") ${KILL}; }`,
  );
  await using server = serveRecipe();
  const { library } = server.fake;
  const run = runner(project, server.env);
  assertEquals(await run(), []);
  library.addAlbum({ name: "Summer" }, [library.addAsset().id]);
  await assertRejects(() => run("killed.ts"), Error);
  assertEquals(await run(), ["added to Summer: 1", "new: Summer"]);
});

test("two runs of the changed-albums recipe at once print each change once", async () => {
  await using project = await createProject();
  await using server = serveRecipe();
  const { library } = server.fake;
  const run = runner(project, server.env);
  assertEquals(await run(), []);
  library.addAlbum({ name: "Summer" });
  const lines = await Promise.all([run(), run()]);
  assertEquals(lines.flat(), ["new: Summer"]);
});

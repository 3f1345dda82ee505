/** The recipe that keeps a mirror in sync. */
import { assertEquals } from "@std/assert";
import { reservePort } from "../support/listen.ts";
import { filesIn, serveRecipe } from "../support/recipes.ts";
import { test } from "../support/test.ts";
import { userProject } from "../support/user_project.ts";

test("the watch recipe syncs at each POST, and can be restarted after Ctrl-C", async () => {
  const port = reservePort();
  const files = await filesIn("watch", "session-stores");
  const program = files.get("watch.ts")!.replace("port: 8000", `port: ${port}`);
  files.set("watch.ts", program).delete("announcements.ts");
  await using project = await userProject(files);
  await using server = serveRecipe();
  const start = () =>
    project.start(["-NRWE", "--no-prompt", "watch.ts"], server.env);
  const post = async () => {
    const address = `http://127.0.0.1:${port}`;
    const { status, body } = await fetch(address, { method: "POST" });
    await body?.cancel();
    return status;
  };
  {
    await using watch = start();
    await watch.writes(/"AssetV2":1.*next run in \d+ s/);
    server.fake.library.addAsset();
    assertEquals(await post(), 204);
    await watch.writes(/\n\{"AssetV2":1,"AssetExifV1":1\};/);
    watch.kill("SIGINT");
    assertEquals((await watch.outcome).code, 0);
  }
  await using again = start();
  await again.writes(/^\{\};/);
  again.kill("SIGINT");
  assertEquals((await again.outcome).stderr, "");
});

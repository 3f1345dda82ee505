/** The cron and systemd recipe. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname } from "node:path";
import { run } from "../../tools/run.ts";
import { blocksOf } from "../support/sources.ts";
import { filesIn, recipe, serveRecipe } from "../support/recipes.ts";
import { userProject } from "../support/user_project.ts";

const isLinux = Deno.build.os === "linux";

/** Returns whether a command can be run. */
async function exists(command: string): Promise<boolean> {
  return await run("sh", ["-c", `command -v ${command}`])
    .then(() => true, () => false);
}

Deno.test({
  name: "the crontab line in the recipe runs the program with its settings",
  ignore: !isLinux || !await exists("flock"),
  async fn() {
    const [line = ""] = blocksOf(await recipe("cron"), "crontab");
    const [, command = ""] = /^\*\/15(?: \*){4} (.*)\n$/.exec(line) ?? [];
    assert(!command.includes("%"), "cron replaces % with a line break");
    await using server = serveRecipe();
    const settings = (await filesIn("cron")).get("immich.env")!
      .replace("https://photos.example.com", server.env.IMMICH_URL!);
    await using project = await userProject(await filesIn("deno"));
    const home = await Deno.makeTempDir();
    try {
      await Deno.symlink(project.directory, `${home}/photos`);
      await Deno.writeTextFile(`${home}/photos/immich.env`, settings);
      const path = `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`;
      const env = { HOME: home, PATH: path, NO_COLOR: "1" };
      await run("sh", ["-c", command], { env });
      await run("sh", ["-c", command], { env });
      const log = await Deno.readTextFile(`${home}/photos/mirror.log`);
      assertMatch(log, /AssetV2: 1[^]*beach\.jpg\n\{\}\nbeach\.jpg\n$/);
    } finally {
      await Deno.remove(home, { recursive: true });
    }
  },
});

Deno.test({
  name:
    "systemd accepts the recipe's units, and the service runs the Deno recipe",
  ignore: !isLinux || !await exists("systemd-analyze"),
  async fn() {
    const files = await filesIn("cron");
    const directory = await Deno.makeTempDir();
    try {
      const units: string[] = [];
      for (const [path, text] of files) {
        if (!path.startsWith("immich-mirror.")) continue;
        units.push(`${directory}/${path}`);
        await Deno.writeTextFile(`${directory}/${path}`, text);
      }
      assertEquals(units.length, 2);
      const check = ["--user", "--man=no", "verify", ...units];
      const { code, stderr } = await new Deno.Command("systemd-analyze", {
        args: check,
        env: { XDG_RUNTIME_DIR: directory },
      }).output();
      assertEquals([new TextDecoder().decode(stderr), code], ["", 0]);
      const service = files.get("immich-mirror.service")!;
      assert((await recipe("deno")).includes("deno run -NRWE mirror.ts"));
      assertMatch(service, /^ExecStart=.* deno run -NRWE mirror\.ts$/m);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

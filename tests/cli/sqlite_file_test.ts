/** Read-only files and folders, in a process that must respect their modes. */
import { assertEquals } from "@std/assert";
import { dirname } from "node:path";
import { type Outcome, start } from "../support/children.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";
import { type Setup, setUp } from "./harness.ts";

/** Runs a program without root's right to ignore file modes. */
const AS_USER = Deno.uid() === 0
  ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
  : [];

const DENO = [...AS_USER, Deno.execPath()];
const COMMAND = [
  ...["run", "-A", "--quiet", "--no-check", "src/cli/main.ts"],
];

/** Runs Deno in a process of its own. */
async function runAsUser(
  { config }: Setup,
  ...args: string[]
): Promise<Outcome> {
  const [program = "", ...rest] = [...DENO, ...args];
  const env = { XDG_CONFIG_HOME: dirname(config) };
  await using child = start(program, rest, { cwd: ROOT, env });
  return await child.outcome;
}

/** Mirrors a library of one photo. */
async function mirrored(): Promise<Setup> {
  const all = await setUp();
  all.fake.library.addAsset();
  await all.login();
  await all.cli(["mirror", all.file]);
  return all;
}

test("a read-only file can be checked, but not updated", async () => {
  await using all = await mirrored();
  const { file } = all;
  Deno.chmodSync(file, 0o400);
  assertEquals(await runAsUser(all, ...COMMAND, "check", file), {
    code: 0,
    stdout: `${file} is consistent\n`,
    stderr: "",
  });
  assertEquals(await runAsUser(all, ...COMMAND, "mirror", file), {
    code: 2,
    stdout: "",
    stderr: `"${file}" cannot be written: it is read-only\n`,
  });
});

test("a file that was read-only when it was checked can be updated later", async () => {
  await using all = await mirrored();
  const { file } = all;
  Deno.chmodSync(file, 0o400);
  await runAsUser(all, ...COMMAND, "check", file);
  assertEquals(Deno.statSync(`${file}-shm`).mode! & 0o777, 0o400);
  Deno.chmodSync(file, 0o600);
  const write = `import { openSqliteFile } from "./src/cli/sqlite_file.ts";
    const file = openSqliteFile(${JSON.stringify(file)}, { mode: "write" });
    file.exec("CREATE TABLE notes (text)");
    file.close();`;
  assertEquals(await runAsUser(all, "eval", "--quiet", write), {
    code: 0,
    stdout: "",
    stderr: "",
  });
});

test("a file in a read-only folder is refused with the folder's name", async () => {
  await using all = await mirrored();
  const { file, directory } = all;
  Deno.chmodSync(directory, 0o500);
  try {
    const checked = await runAsUser(all, ...COMMAND, "check", file);
    const updated = await runAsUser(all, ...COMMAND, "mirror", file);
    const created = await runAsUser(
      all,
      ...COMMAND,
      "mirror",
      `${directory}/new.db`,
    );
    const folder = `its folder "${directory}" is read-only`;
    assertEquals([checked, updated, created], [
      {
        code: 2,
        stdout: "",
        stderr:
          `"${file}" cannot be read: SQLite must create files beside it, but ${folder}; copy the file to another folder\n`,
      },
      {
        code: 2,
        stdout: "",
        stderr: `"${file}" cannot be written: ${folder}\n`,
      },
      {
        code: 2,
        stdout: "",
        stderr: `"${directory}/new.db" cannot be written: ${folder}\n`,
      },
    ]);
  } finally {
    Deno.chmodSync(directory, 0o700);
  }
});

import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { UsageError } from "../../src/cli/errors.ts";
import {
  choiceOption,
  makeFolder,
  numberOption,
  numbersOption,
  parseTask,
  serverOption,
  textOption,
} from "../../tools/task_options.ts";
import { test } from "../support/test.ts";

const SPEC = {
  task: "photos",
  options: {
    server: serverOption("Your own server."),
    assets: { ...numberOption("The number", { min: 0 }), default: "600" },
    sizes: { ...numbersOption("The sizes"), default: "1,2" },
    runtime: {
      ...choiceOption("The runtime", ["deno", "bun"]),
      default: "deno",
    },
    name: textOption("NAME", "A name."),
    readme: { help: "Update the README." },
  },
  positionals: ["folder"],
};

test("a task reads numbers, addresses, words and switches, with defaults", () => {
  assertEquals(parseTask(SPEC, []), {
    values: {
      server: undefined,
      assets: 600,
      sizes: [1, 2],
      runtime: "deno",
      name: undefined,
      readme: false,
    },
    positionals: [],
  });
  const args = "out --server localhost:2283/api --assets 0 --sizes 7 --readme";
  assertEquals(parseTask(SPEC, [...args.split(" "), "--runtime=bun"]), {
    values: {
      server: "http://localhost:2283",
      assets: 0,
      sizes: [7],
      runtime: "bun",
      name: undefined,
      readme: true,
    },
    positionals: ["out"],
  });
});

test("a task explains a mistake in one sentence", () => {
  const mistakes = {
    "--sever a": 'Unknown option "--sever". Did you mean "--server"?',
    "--server ftp://x": 'Cannot use the address "ftp://x"',
    "--server": 'Option "--server" needs a value: --server URL',
    "--assets many": '--assets must be a number of at least 0, received "many"',
    "--assets=-1": '--assets must be a number of at least 0, received "-1"',
    "--assets 1.5": '--assets must be a number of at least 0, received "1.5"',
    "--sizes 1,x": '--sizes must be a number of at least 1, received "x"',
    "--runtime node": '--runtime must be one of deno, bun; received "node"',
    "a b": 'Unexpected argument "b"',
  };
  for (const [args, sentence] of Object.entries(mistakes)) {
    assertThrows(() => parseTask(SPEC, args.split(" ")), UsageError, sentence);
  }
});

test("a task's help lists its options and their defaults", () => {
  const help = parseTask(SPEC, ["--help"]);
  assert(typeof help === "string");
  assertStringIncludes(help, "Runs the app from examples/photos locally");
  assertStringIncludes(help, "Usage: deno task photos [folder] [options]");
  assertStringIncludes(help, "--assets N      The number (600)");
});

test("a folder is created unless a file is in the way", async () => {
  const folder = await Deno.makeTempDir();
  for (let times = 0; times < 2; times++) makeFolder(`${folder}/a/b`);
  assert(Deno.statSync(`${folder}/a/b`).isDirectory);
  const file = `${folder}/file`;
  await Deno.writeTextFile(file, "");
  for (const path of [file, `${file}/x`]) {
    assertThrows(() => makeFolder(path), UsageError, "a file is in the way");
  }
  await Deno.remove(folder, { recursive: true });
});

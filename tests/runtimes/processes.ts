/** Runs the tests in a Deno, Node or Bun process. */
import { TextLineStream } from "@std/streams/text-line-stream";
import { installed } from "./npx.ts";
import type { Numbered } from "./report.ts";
import type { RunContext } from "./runtimes.ts";

const RUNNER = new URL("inside/process.js", import.meta.url);

/** Runs the tests in the current version of Deno. */
export async function* runInDeno(
  context: RunContext,
  version: string,
): AsyncGenerator<Numbered> {
  const command = [Deno.execPath(), "run", "-A", "--no-config"];
  yield* run(command, "deno", version, context);
}

/** Runs the tests in a version of Node. */
export async function* runInNode(
  context: RunContext,
  version: string,
): AsyncGenerator<Numbered> {
  yield* run([await installed("node", version)], "node", version, context);
}

/** Runs the tests in a version of Bun. */
export async function* runInBun(
  context: RunContext,
  version: string,
): AsyncGenerator<Numbered> {
  yield* run([await installed("bun", version)], "bun", version, context);
}

async function* run(
  [program = "", ...args]: string[],
  runtime: "deno" | "node" | "bun",
  version: string,
  { folder, control }: RunContext,
): AsyncGenerator<Numbered> {
  const bundle = `${folder}/bundle.mjs`;
  const runner = `${folder}/process.mjs`;
  await Deno.copyFile(RUNNER, runner);
  const child = new Deno.Command(program, {
    args: [...args, runner, bundle, runtime, version, control],
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  let isOver = false;
  try {
    for await (const line of lines) yield JSON.parse(line);
    isOver = true;
  } finally {
    if (!isOver) child.kill("SIGKILL");
  }
  const { code } = await child.status;
  if (code !== 0) throw new Error(`The process ended with code ${code}`);
}

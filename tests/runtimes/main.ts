/**
 * Runs the same tests in other runtimes, against servers in this process.
 *
 *     deno task test:node
 *     deno task test:all --readme    writes the table in the README
 *
 * @module
 */
import { createMark, endProcesses } from "../../tools/leftovers.ts";
import { fail, readTask } from "../../tools/task_options.ts";
import { bundleTests } from "./bundle.ts";
import { isGood, type Result, toTable, toText } from "./report.ts";
import { type RunContext, type Runtime, RUNTIMES } from "./runtimes.ts";
import { startControlServer } from "./server.ts";

const README = new URL("../../README.md", import.meta.url);

async function runAll(
  { name, run }: Runtime,
  version: string,
  context: RunContext,
): Promise<Result> {
  const result: Result = { runtime: `${name} ${version}`, outcomes: [] };
  try {
    for await (const outcome of run(context, version)) {
      result.outcomes.push(outcome);
    }
  } catch (error) {
    result.problem = String(error);
  }
  console.log(toText(result));
  return result;
}

function readArguments(args: readonly string[]) {
  const [first = "all"] = args.filter((arg) => !arg.startsWith("-"));
  const task = `test:${first}`;
  const { values, positionals } = readTask({
    task,
    options: { readme: { help: "Update the table in the README." } },
    positionals: Object.keys(RUNTIMES),
  }, args);
  for (const name of positionals) {
    if (!Object.hasOwn(RUNTIMES, name)) {
      fail(
        `Unknown runtime "${name}": write ${Object.keys(RUNTIMES).join(", ")}`,
      );
    }
  }
  const chosen = positionals.length === 0 ? Object.keys(RUNTIMES) : positionals;
  return { chosen, readme: values.readme };
}

async function main(args: string[]): Promise<number> {
  const { chosen, readme } = readArguments(args);
  const folder = await Deno.makeTempDir();
  try {
    const bundle = await bundleTests();
    await Deno.writeTextFile(`${folder}/bundle.mjs`, bundle);
    await using server = startControlServer(bundle);
    const results: Result[] = [];
    for (const name of chosen) {
      const runtime = RUNTIMES[name]!;
      const versions = await runtime.versions();
      if (versions.length === 0) {
        console.log(`${runtime.name}: skipped, it is not installed`);
      }
      for (const version of versions) {
        const context = { folder, control: server.url };
        results.push(await runAll(runtime, version, context));
      }
    }
    const good = results.every(isGood);
    if (good && readme) await writeTable(results);
    return good ? 0 : 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes the table, with columns aligned as by the formatter. */
async function writeTable(results: Result[]): Promise<void> {
  const text = await Deno.readTextFile(README);
  const place = /(?<=## Tested with\n[^|]*)\|[\s\S]*?\|\n(?=\n)/;
  const table = `${toTable(results)}\n`;
  await Deno.writeTextFile(README, text.replace(place, table));
  const args = ["fmt", "--quiet", README.pathname];
  await new Deno.Command(Deno.execPath(), { args }).output();
}

/** Stops the runtimes when this process is stopped. */
function endWithThis(): void {
  const mark = createMark();
  for (const [name, value] of Object.entries(mark.env)) {
    Deno.env.set(name, value);
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, async () => {
      await endProcesses(mark, 0);
      Deno.exit(130);
    });
  }
}

if (import.meta.main) {
  endWithThis();
  Deno.exit(await main(Deno.args));
}

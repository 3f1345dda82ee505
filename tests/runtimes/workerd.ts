/** Runs the tests in workerd, the runtime of Cloudflare Workers. */
import { TextLineStream } from "@std/streams/text-line-stream";
import { installed } from "./npx.ts";
import type { Numbered } from "./report.ts";
import type { RunContext } from "./runtimes.ts";

const RUNNER = new URL("inside/worker.js", import.meta.url);

/** Runs the tests in a version of workerd, one request per test. */
export async function* runInWorkerd(
  { folder, control }: RunContext,
  version: string,
): AsyncGenerator<Numbered> {
  const program = await installed("workerd", version);
  await Deno.copyFile(RUNNER, `${folder}/worker.js`);
  await Deno.writeTextFile(`${folder}/workerd.capnp`, toConfig(control));
  const child = new Deno.Command(program, {
    args: ["serve", "--control-fd=1", `${folder}/workerd.capnp`],
    stdout: "piped",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream()).getReader();
  try {
    const { value = "{}" } = await output.read();
    const { port } = JSON.parse(value);
    for (let index = 0, of = 1; index < of; index++) {
      const answer = await fetch(`http://127.0.0.1:${port}/?index=${index}`);
      if (!answer.ok) throw new Error(await answer.text());
      const outcome: Numbered = await answer.json();
      of = outcome.of;
      yield outcome;
    }
  } finally {
    child.kill();
    await output.cancel();
    await child.status;
  }
}

function toConfig(control: string): string {
  return `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "tests", worker = (
      modules = [
        (name = "worker.js", esModule = embed "worker.js"),
        (name = "cases.ts", esModule = embed "bundle.mjs"),
      ],
      compatibilityDate = "2026-11-01",
      bindings = [(name = "control", text = "${control}")],
      globalOutbound = "loopback",
    )),
    (name = "loopback", network = (allow = ["private"])),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "tests"),
  ],
);
`;
}

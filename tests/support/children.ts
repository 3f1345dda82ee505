/** Processes that are watched while they run. */
import { ROOT } from "./sources.ts";

/** How a process ended, and what it has written. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** A process that runs. */
export interface Child {
  /** Resolves once it has written something to its standard output; rejects if it ends before. */
  writes(text: string): Promise<void>;
  kill(signal: Deno.Signal): void;
  outcome: Promise<Outcome>;
}

/** Starts a process. */
export function start(
  command: string,
  args: string[],
  options: Deno.CommandOptions = {},
): Child {
  const child = new Deno.Command(command, {
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    args,
    ...options,
  }).spawn();
  let stdout = "";
  let look = () => {};
  const outcome = (async () => {
    const [{ code }, stderr] = await Promise.all([
      child.status,
      new Response(child.stderr).text(),
      child.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
        new WritableStream({
          write(text) {
            stdout += text;
            look();
          },
        }),
      ),
    ]);
    return { code, stdout, stderr };
  })();
  return {
    outcome,
    kill: (signal) => child.kill(signal),
    async writes(text) {
      const written = new Promise<void>((resolve) => {
        look = () => {
          if (stdout.includes(text)) resolve();
        };
        look();
      });
      const ended = outcome.then((outcome) => {
        if (outcome.stdout.includes(text)) return;
        throw new Error(
          `It ended without "${text}": ${JSON.stringify(outcome)}`,
        );
      });
      await Promise.race([written, ended]);
    },
  };
}

/** What a process writes, which has to succeed. */
export async function outputOf(
  command: string,
  args: string[],
): Promise<string> {
  const child = new Deno.Command(command, { args, cwd: ROOT, stderr: "piped" });
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new Error(`Cannot run ${command} ${args}: ${decoder.decode(stderr)}`);
}

/** Starts processes and reads their output while they run. */
import { createMark, endProcesses } from "../../tools/leftovers.ts";

/** How a process ended, and its output. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * A running process. Disposing of the process ends it and every process that it
 * started.
 */
export interface Child extends AsyncDisposable {
  /**
   * Waits until the process's standard output contains a string or matches a
   * pattern, and returns the match. Rejects if the process ends first.
   */
  writes(text: string | RegExp): Promise<string[]>;
  kill(signal: Deno.Signal): void;
  outcome: Promise<Outcome>;
}

/** Starts a process. */
export function start(
  command: string,
  args: string[],
  options: Deno.CommandOptions = {},
): Child {
  const mark = createMark();
  const child = new Deno.Command(command, {
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    args,
    ...options,
    env: { ...options.env, ...mark.env },
  }).spawn();
  let stdout = "";
  const waiting = new Set<() => void>();
  const outcome = (async () => {
    const [{ code }, stderr] = await Promise.all([
      child.status,
      new Response(child.stderr).text(),
      child.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
        new WritableStream({
          write(text) {
            stdout += text;
            for (const look of waiting) look();
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
      const find = () =>
        typeof text === "string"
          ? stdout.includes(text) ? [text] : null
          : text.exec(stdout);
      const { promise: written, resolve } = Promise.withResolvers<string[]>();
      const look = () => {
        const found = find();
        if (found !== null) resolve(found);
      };
      waiting.add(look);
      look();
      const ended = outcome.then((outcome) =>
        find() ?? Promise.reject(
          new Error(`It ended without "${text}": ${JSON.stringify(outcome)}`),
        )
      );
      return await Promise.race([written, ended])
        .finally(() => waiting.delete(look));
    },
    async [Symbol.asyncDispose]() {
      await endProcesses(mark, 0);
      try {
        child.kill("SIGKILL");
      } catch { /* It has already ended. */ }
      await outcome;
    },
  };
}

/**
 * Starts the server of the bench in a process of its own.
 *
 * @module
 */
import { TextLineStream } from "@std/streams/text-line-stream";

/** A running server. */
export interface BenchServer extends AsyncDisposable {
  /** The base URL, to which each client adds a path of its own. */
  url: string;
}

/**
 * Starts the server.
 *
 * @param events Number of events in a stream.
 * @param rate Number of lines per second; `Infinity` for as many as the client reads.
 */
export async function startServer(
  events: number,
  rate: number = Infinity,
): Promise<BenchServer> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "bench/wire/server.ts"]
      .concat(String(events), String(rate)),
    // The server ends when this pipe is closed, which the kernel does at the latest.
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream()).getReader();
  const { value: url = "" } = await lines.read();
  return {
    url,
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await lines.cancel();
      await child.status;
    },
  };
}

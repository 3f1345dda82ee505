/**
 * Starts the bench server in a separate process.
 *
 * @module
 */
import { TextLineStream } from "@std/streams/text-line-stream";

/** A running server. */
export interface BenchServer extends AsyncDisposable {
  /** The base URL. Each client appends its own path. */
  url: string;
}

/**
 * Starts the server.
 *
 * @param events Number of events in a stream.
 * @param rate Number of lines per second; `Infinity` to send as fast as the client reads.
 */
export async function startServer(
  events: number,
  rate: number = Infinity,
): Promise<BenchServer> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "bench/wire/server.ts"]
      .concat(String(events), String(rate)),
    // The server ends when this pipe closes. If this process dies, the kernel
    // closes the pipe.
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

/** Starts the runtime's own server on the loopback address. */

/** A running server. Disposing of the server waits for its responses to end. */
export interface Listening extends AsyncDisposable {
  baseUrl: string;
}

/** Options for {@linkcode listen}. */
export interface ListenOptions {
  /**
   * The port; 0 for any free one.
   * @default {0}
   */
  port?: number;
  /**
   * Whether to print nothing if a response fails. For tests in which responses
   * fail on purpose.
   * @default {false}
   */
  isQuiet?: boolean;
}

/**
 * Returns a free port below 32,768. Linux, macOS and Windows assign only higher
 * ports to other programs, so a server can be stopped and started again on the
 * returned port.
 */
export function reservePort(): number {
  while (true) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** Serves a handler. */
export function listen(
  handler: (request: Request) => Response | Promise<Response>,
  { port = 0, isQuiet = false }: ListenOptions = {},
): Listening {
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port,
    onListen: () => {},
    ...(isQuiet ? { onError: () => new Response(null, { status: 500 }) } : {}),
  }, handler);
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

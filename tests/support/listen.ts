/** The runtime's own server, on the loopback address. */

/** A server that listens; to dispose of it waits for its answers to end. */
export interface Listening extends AsyncDisposable {
  baseUrl: string;
}

/** Options of {@linkcode listen}. */
export interface ListenOptions {
  /**
   * Port; 0 takes a free one.
   * @default {0}
   */
  port?: number;
  /**
   * Whether nothing is printed where an answer breaks, as it does on purpose.
   * @default {false}
   */
  isQuiet?: boolean;
}

/**
 * A free port that the system gives to nobody else, so that a server can be
 * stopped and started on it: Linux, macOS and Windows take theirs from 32,768 on.
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

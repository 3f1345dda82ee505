/** Servers on real sockets that do exactly what they are told. */

/** A connection that a server has accepted, with the request read. */
export interface Wire {
  /** The head and the body of the request, as far as they came with the first read. */
  request: string;
  /** Writes text or bytes; resolves when the kernel has taken them. */
  write(data: string | Uint8Array): Promise<void>;
  /** Ends the connection in order. */
  close(): void;
  /** Resolves when the client has gone. */
  gone: Promise<void>;
}

/** A server on a loopback port. */
export interface RawServer extends AsyncDisposable {
  baseUrl: string;
}

/** Starts a server that answers each connection by hand. */
export function serveRaw(answer: (wire: Wire) => Promise<void>): RawServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      const done = handle(connection, answer);
      connections.add(done);
      done.finally(() => connections.delete(done));
    }
  })();
  return {
    baseUrl: `http://127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(connections);
    },
  };
}

async function handle(
  connection: Deno.TcpConn,
  answer: (wire: Wire) => Promise<void>,
): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  const length = await connection.read(buffer).catch(() => null);
  let closed = false;
  const close = () => {
    if (!closed) connection.close();
    closed = true;
  };
  // Nothing more is due from the client: a read ends when the client goes.
  const gone = connection.read(new Uint8Array(1)).then(() => {}, () => {});
  try {
    await answer({
      request: new TextDecoder().decode(buffer.subarray(0, length ?? 0)),
      write: (data) => writeAll(connection, data),
      close,
      gone,
    });
    await gone;
  } catch {
    // The client went while it was written to.
  }
  close();
}

async function writeAll(
  connection: Deno.TcpConn,
  data: string | Uint8Array,
): Promise<void> {
  let rest = typeof data === "string" ? new TextEncoder().encode(data) : data;
  while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
}

/** The head of a response whose body ends with the connection. */
export function head(
  status: string,
  headers: Record<string, string> = {},
): string {
  const all = { connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status}`, ...lines, "", ""].join("\r\n");
}

/** One chunk of a chunked body. */
export function chunk(text: string): string {
  const length = new TextEncoder().encode(text).length;
  return `${length.toString(16)}\r\n${text}\r\n`;
}

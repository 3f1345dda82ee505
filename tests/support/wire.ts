/** What servers on real sockets send, and what is sent to them. */

/** A connection that a server has accepted, with the request read. */
export interface Wire {
  /** The head and the body of the request. */
  request: string;
  /** Writes text or bytes; resolves when the kernel has taken them. */
  write(data: string | Uint8Array): Promise<void>;
  /** Ends the connection in order; the client has to let go of it, too. */
  close(): void;
  /** Breaks the connection: the client gets an RST. */
  reset(): void;
  /** Resolves when the client has gone, or was thrown out. */
  gone: Promise<void>;
}

/** What a server does with a connection. */
export type Answer = (wire: Wire) => Promise<void>;

/** A server on a loopback port. */
export interface RawServer extends AsyncDisposable {
  baseUrl: string;
  /** Stops listening: who comes now is refused. */
  refuse(): Promise<void>;
  /** Listens again on the same port, unless it does. */
  accept(): Promise<void>;
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

/** Connections to servers on real sockets, and the bytes sent over them. */

/** An accepted connection whose request has been read. */
export interface Wire {
  /** The head and the body of the request. */
  request: string;
  /** Writes text or bytes; resolves when the kernel has taken them. */
  write(data: string | Uint8Array): Promise<void>;
  /** Ends the connection; the client must close it too. */
  close(): void;
  /** Resets the connection: the client gets an RST. */
  reset(): void;
  /** Resolves when the client has disconnected or has been disconnected. */
  gone: Promise<void>;
}

/** Handles a connection. */
export type Answer = (wire: Wire) => Promise<void>;

/** A server on a loopback port. */
export interface RawServer extends AsyncDisposable {
  baseUrl: string;
  /** Stops listening, so that new connections are refused. */
  refuse(): Promise<void>;
  /** Listens again on the same port, unless it is still listening. */
  accept(): Promise<void>;
}

/** Creates the head of a response whose body ends with the connection. */
export function head(
  status: string,
  headers: Record<string, string> = {},
): string {
  const all = { connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status}`, ...lines, "", ""].join("\r\n");
}

/** Creates one chunk of a chunked body. */
export function chunk(text: string): string {
  const length = new TextEncoder().encode(text).length;
  return `${length.toString(16)}\r\n${text}\r\n`;
}

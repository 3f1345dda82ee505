/** Servers on real sockets that do exactly what they are told. */
import { Buffer } from "node:buffer";
import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
} from "node:net";

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

/** Starts a server that answers each connection by hand. */
export async function serveRaw(answer: Answer): Promise<RawServer> {
  // A client that has sent its request may not have gone for all that.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    void handle(socket, answer);
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    refuse: () => close(server),
    accept: async () => {
      if (!server.listening) await listen(server, port);
    },
    [Symbol.asyncDispose]: () => close(server),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Resolves when nobody can connect, and nobody is connected. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

async function handle(socket: Socket, answer: Answer): Promise<void> {
  socket.setNoDelay(true);
  // An error is followed by "close".
  socket.on("error", () => {});
  const gone = new Promise<void>((resolve) => {
    socket.on("end", resolve);
    socket.on("close", resolve);
  });
  try {
    const request = await Promise.race([readRequest(socket), gone]);
    await answer({
      request: request ?? "",
      write: (data) => write(socket, data),
      close: () => void socket.end(),
      reset: () => void socket.resetAndDestroy(),
      gone,
    });
    await gone;
  } catch {
    // The client went while it was written to.
  }
  socket.destroy();
}

function readRequest(socket: Socket): Promise<string> {
  let bytes = Buffer.alloc(0);
  return new Promise((resolve) => {
    // Listens for good: only a socket that is read tells that the client has gone.
    socket.on("data", (part) => {
      bytes = Buffer.concat([bytes, part as Uint8Array]);
      const text = bytes.toString("latin1");
      const bodyAt = text.indexOf("\r\n\r\n") + 4;
      const [, length = "0"] = /\r\ncontent-length: (\d+)/i.exec(text) ?? [];
      const whole = bodyAt > 3 && bytes.length >= bodyAt + Number(length);
      if (whole) resolve(bytes.toString());
    });
  });
}

function write(socket: Socket, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(data, (error) => error ? reject(error) : resolve());
  });
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

/**
 * Servers on real sockets, controlled byte by byte. Other runtimes use
 * `tests/runtimes/inside/support/sockets.ts`, which runs the servers in another
 * process.
 */
import { Buffer } from "node:buffer";
import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { FakeImmich, type FakeImmichOptions } from "../../src/testing/mod.ts";
import { type FakeServer, toControls } from "./fake_server.ts";
import { listen } from "./listen.ts";
import type { Answer, RawServer } from "./wire.ts";

export type { FakeServer } from "./fake_server.ts";
export { type Answer, chunk, head, type RawServer, type Wire } from "./wire.ts";

/**
 * Serves a fake server over a socket. Disposing of the server waits for its
 * responses to end.
 */
// Async, because in other runtimes the server is another process.
// deno-lint-ignore require-await
export async function serveFake(
  options: FakeImmichOptions = {},
  change: (handler: FakeImmich["handler"]) => FakeImmich["handler"] = identity,
): Promise<FakeServer> {
  const fake = new FakeImmich(options);
  const server = listen(change(fake.handler), { isQuiet: true });
  return { ...server, ...toControls(fake, server.baseUrl) };
}

function identity<T>(value: T): T {
  return value;
}

/** Starts a server that handles each connection by hand. */
export async function serveRaw(answer: Answer): Promise<RawServer> {
  // A client that has sent its request may still be connected.
  // When Node ends a connection, it opens a spare one (20.20.2).
  const spares = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    spares.add(socket);
    void handle(socket, answer, spares);
  });
  await open(server, 0);
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    refuse: () => close(server),
    accept: async () => {
      if (!server.listening) await open(server, port);
    },
    async [Symbol.asyncDispose]() {
      const closed = close(server);
      for (const socket of spares) socket.destroy();
      await closed;
    },
  };
}

function open(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Resolves when the server no longer listens and has no connections. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

async function handle(
  socket: Socket,
  answer: Answer,
  spares: Set<Socket>,
): Promise<void> {
  socket.setNoDelay(true);
  // An "error" event is followed by a "close" event.
  socket.on("error", () => {});
  const gone = new Promise<void>((resolve) => {
    socket.on("end", resolve);
    socket.on("close", resolve);
  });
  try {
    socket.once("data", () => spares.delete(socket));
    socket.once("close", () => spares.delete(socket));
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
    // The client disconnected during the write.
  }
  socket.destroy();
}

function readRequest(socket: Socket): Promise<string> {
  let bytes = Buffer.alloc(0);
  return new Promise((resolve) => {
    // Keeps reading, because only reading reveals that the client has
    // disconnected.
    socket.on("data", (part) => {
      bytes = Buffer.concat([bytes, part as Uint8Array]);
      const text = bytes.toString("latin1");
      const bodyAt = text.indexOf("\r\n\r\n") + 4;
      const [, length = "0"] = /\r\ncontent-length: (\d+)/i.exec(text) ?? [];
      const isChunked = /\r\ntransfer-encoding: chunked/i.test(text);
      const whole = bodyAt > 3 &&
        (isChunked
          ? text.endsWith("\r\n0\r\n\r\n")
          : bytes.length >= bodyAt + Number(length));
      if (whole) resolve(bytes.toString());
    });
  });
}

function write(socket: Socket, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(data, (error) => error ? reject(error) : resolve());
  });
}

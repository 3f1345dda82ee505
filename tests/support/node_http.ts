/** A server with `node:http`, and a client that sees the bytes on the wire. */
import type * as Http from "node:http";
import type * as Net from "node:net";
import type * as V8 from "node:v8";
import type * as Vm from "node:vm";
import { createRequestListener } from "../../src/testing/mod.ts";
import { later, until } from "./events.ts";
import type { TestOptions } from "./test.ts";

/** Options for tests that serve with `node:http`. */
export const NEEDS_NODE_HTTP: TestOptions = {
  not: {
    workerd: "servers with node:http cannot listen",
    browser: "pages cannot listen",
  },
};

/** A running server. Disposing of the server closes its connections. */
export interface NodeServer extends AsyncDisposable {
  baseUrl: string;
  connect(): Connection;
}

/** Serves a handler with `node:http` on the loopback address. */
export async function serveWithNode(
  handler: (request: Request) => Response | Promise<Response>,
): Promise<NodeServer> {
  const { createServer } = builtin<typeof Http>("node:http");
  const server = createServer(createRequestListener(handler));
  const listening = later();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const { port } = server.address() as Net.AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    connect: () => connect(port),
    async [Symbol.asyncDispose]() {
      const closed = later();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

/** A connection without an HTTP client. */
export interface Connection extends Disposable {
  /** Everything received so far, one character for each byte. */
  received: string;
  /** Whether the server has closed the connection. */
  isClosed: boolean;
  send(text: string): void;
  /** Waits until a string has been received. */
  receives(text: string): Promise<void>;
  /** Waits until the server has closed the connection. */
  closed(): Promise<void>;
  /** Stops reading. */
  pause(): void;
  /** Reads what has arrived. */
  resume(): void;
}

function connect(port: number): Connection {
  const net = builtin<typeof Net>("node:net");
  const socket = net.connect(port, "127.0.0.1");
  const connection: Connection = {
    received: "",
    isClosed: false,
    send: (text) => void socket.write(text),
    receives: (text) =>
      until(() => connection.received.includes(text), `it received ${text}`),
    closed: () => until(() => connection.isClosed, "the server closed"),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    [Symbol.dispose]: () => void socket.destroy(),
  };
  socket.setEncoding("latin1");
  socket.on("data", (text) => connection.received += text);
  socket.on("error", () => {});
  socket.on("end", () => connection.isClosed = true);
  socket.on("close", () => connection.isClosed = true);
  return connection;
}

/** Collects all garbage, in Node, Deno or Bun. */
export function collectGarbage(): void {
  const { Bun } = globalThis as { Bun?: { gc(force: boolean): void } };
  if (Bun !== undefined) return Bun.gc(true);
  builtin<typeof V8>("node:v8").setFlagsFromString("--expose-gc");
  builtin<typeof Vm>("node:vm").runInNewContext("gc")();
}

/** Imports a module only in runtimes that have it. */
function builtin<T>(name: string): T {
  const { process } = globalThis as unknown as {
    process: { getBuiltinModule(name: string): T };
  };
  return process.getBuiltinModule(name);
}

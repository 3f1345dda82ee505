/** A server on a real socket that another process has in its hands. */
import { serveRaw } from "../support/sockets.ts";
import type { Wire } from "../support/wire.ts";
import { PREFLIGHT, withOrigins } from "./origins.ts";

const LF = 0x0a;

/** A connection has come, with a request, or gone, without. */
export interface News {
  connection: number;
  request?: string;
}

/** A server whose connections have numbers. */
export interface Relay extends AsyncDisposable {
  baseUrl: string;
  /** What has happened since the last time; waits until something has. */
  next(): Promise<News[]>;
  /** Writes to a connection; resolves when the kernel has taken it. */
  write(connection: number, data: Uint8Array): Promise<void>;
  /** Ends a connection in order. */
  close(connection: number): void;
  /** Breaks a connection. */
  reset(connection: number): void;
  /** Stops listening. */
  refuse(): Promise<void>;
  /** Listens again. */
  accept(): Promise<void>;
}

/** Starts a server. */
export async function startRelay(): Promise<Relay> {
  const wires: Wire[] = [];
  // The first lines of answers, as far as they have come: browsers want more than they say.
  const starts = new Map<Wire, Uint8Array>();
  let news: News[] = [];
  let wake = () => {};
  let over = false;
  function tell(...items: News[]): void {
    news.push(...items);
    wake();
  }

  const server = await serveRaw(async (wire) => {
    // A browser asks whether it may ask; no test is about that.
    if (wire.request.startsWith("OPTIONS ")) {
      await wire.write(PREFLIGHT);
      return wire.close();
    }
    // A connection to spare, closed unused.
    if (wire.request === "") return;
    const connection = wires.push(wire) - 1;
    starts.set(wire, new Uint8Array());
    tell({ connection, request: wire.request });
    await wire.gone;
    tell({ connection });
  });

  return {
    baseUrl: server.baseUrl,
    async next() {
      if (news.length === 0 && !over) {
        await new Promise<void>((resolve) => wake = resolve);
      }
      const told = news;
      news = [];
      return told;
    },
    async write(connection, data) {
      const wire = wires[connection]!;
      const start = starts.get(wire);
      if (start === undefined) return await wire.write(data);
      const bytes = Uint8Array.from([...start, ...data]);
      starts.set(wire, bytes);
      if (!bytes.includes(LF)) return;
      starts.delete(wire);
      await wire.write(withOrigins(bytes));
    },
    close: (connection) => wires[connection]!.close(),
    reset: (connection) => wires[connection]!.reset(),
    refuse: () => server.refuse(),
    accept: () => server.accept(),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      over = true;
      wake();
    },
  };
}

/** A server on a real socket, controlled by another process. */
import { serveRaw } from "../support/sockets.ts";
import type { Wire } from "../support/wire.ts";
import { PREFLIGHT, withOrigins } from "./origins.ts";

const LF = 0x0a;

/**
 * An event on a connection. The event has a request if the connection opened,
 * and none if the connection closed.
 */
export interface ConnectionEvent {
  connection: number;
  request?: string;
}

/** A server that numbers its connections. */
export interface Relay extends AsyncDisposable {
  baseUrl: string;
  /** The events since the last call; waits for at least one. */
  next(): Promise<ConnectionEvent[]>;
  /** Writes to a connection; resolves when the kernel has taken the data. */
  write(connection: number, data: Uint8Array): Promise<void>;
  /** Closes a connection. */
  close(connection: number): void;
  /** Resets a connection. */
  reset(connection: number): void;
  /** Stops listening. */
  refuse(): Promise<void>;
  /** Listens again. */
  accept(): Promise<void>;
}

/** Starts a server. */
export async function startRelay(): Promise<Relay> {
  const wires: Wire[] = [];
  // The first lines of each response so far: CORS headers are inserted after
  // them.
  const starts = new Map<Wire, Uint8Array>();
  let events: ConnectionEvent[] = [];
  let wake = () => {};
  let isClosed = false;
  function emit(...items: ConnectionEvent[]): void {
    events.push(...items);
    wake();
  }

  const server = await serveRaw(async (wire) => {
    // A browser's preflight request, which tests ignore.
    if (wire.request.startsWith("OPTIONS ")) {
      await wire.write(PREFLIGHT);
      return wire.close();
    }
    // A spare connection, closed without being used.
    if (wire.request === "") return;
    const connection = wires.push(wire) - 1;
    starts.set(wire, new Uint8Array());
    emit({ connection, request: wire.request });
    await wire.gone;
    emit({ connection });
  });

  return {
    baseUrl: server.baseUrl,
    async next() {
      if (events.length === 0 && !isClosed) {
        await new Promise<void>((resolve) => wake = resolve);
      }
      const pending = events;
      events = [];
      return pending;
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
      isClosed = true;
      wake();
    },
  };
}

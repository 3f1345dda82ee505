/**
 * The servers for the tests in other runtimes, in a separate process: fakes and
 * raw sockets, started and controlled over HTTP.
 */
import { listen } from "../support/listen.ts";
import { type FakeServer, serveFake } from "../support/sockets.ts";
import { forAllOrigins } from "./origins.ts";
import { type Relay, startRelay } from "./relay.ts";

/** The server that receives the commands. */
export interface ControlServer extends AsyncDisposable {
  url: string;
}

type Action = (...args: unknown[]) => unknown;

/** Starts the server, which also serves the page and the test bundle. */
export function startControlServer(bundle: string): ControlServer {
  const fakes: FakeServer[] = [];
  const relays: Relay[] = [];

  async function startFake(body: Uint8Array) {
    const fake = await serveFake(fromJson(body) as object, forAllOrigins);
    return { id: fakes.push(fake) - 1, baseUrl: fake.baseUrl };
  }

  async function actOnFake([id, action]: string[], body: Uint8Array) {
    const fake = fakes[Number(id)]!;
    if (action === "end") return await fake[Symbol.asyncDispose]();
    const act = fake[action as keyof FakeServer] as Action;
    return await act(...fromJson(body) as unknown[]);
  }

  async function startRaw() {
    const relay = await startRelay();
    return { id: relays.push(relay) - 1, baseUrl: relay.baseUrl };
  }

  async function actOnRaw([id, ...path]: string[], body: Uint8Array) {
    const relay = relays[Number(id)]!;
    const [first = "", action] = path;
    if (first === "end") return await relay[Symbol.asyncDispose]();
    if (action === "write") return await relay.write(Number(first), body);
    const act = relay[(action ?? first) as keyof Relay] as Action;
    return await act(Number(first));
  }

  async function act(path: string[], body: Uint8Array): Promise<unknown> {
    const [what, ...rest] = path;
    if (what === "fakes") {
      return await (rest.length > 0 ? actOnFake(rest, body) : startFake(body));
    }
    return await (rest.length > 0 ? actOnRaw(rest, body) : startRaw());
  }

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return toPage("<!doctype html>", "text/html");
    if (pathname === "/bundle.mjs") return toPage(bundle, "text/javascript");
    if (request.method !== "POST") return new Response(null, { status: 404 });
    try {
      const value = await act(
        pathname.split("/").slice(1),
        await request.bytes(),
      );
      return Response.json(value ?? null);
    } catch (error) {
      // A write to a disconnected client fails, and the test must receive the
      // error.
      return new Response(String(error), { status: 410 });
    }
  }

  const { baseUrl: url, ...server } = listen(answer);
  return { url, ...server };
}

function fromJson(body: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(body));
}

function toPage(text: string, contentType: string): Response {
  return new Response(text, { headers: { "content-type": contentType } });
}

/**
 * A demo server for the app: a fake Immich with pictures, and with photos from several
 * years.
 *
 * @module
 */
import type { SyncAssetV2 } from "@immich-edge/sync";
import { FakeImmich, type ProviderMode } from "@immich-edge/sync/testing";
import {
  type Desk,
  fillLibrary,
  givePictures,
  NUMBERS,
  takePicture,
} from "./demo_library.ts";
import demo from "./library.json" with { type: "json" };

const RECORDING = new URL(
  "../../../tests/transcripts/3.1.0/03-sync-admin/002-initial-all.ndjson",
  import.meta.url,
);

/** One file serves all sizes of a picture; for a video, the file is a still. */
const PICTURE = /^\/api\/assets\/([0-9a-f-]{36})\/(?:thumbnail|original)$/;

/** The head of the OAuth provider's page; an empty icon saves a request. */
const STYLE = `<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<style>
  html { font: 1.1rem/1.5 system-ui, sans-serif; }
  body { max-width: 24rem; margin: 20vh auto 0; padding: 0 1rem; text-align: center; }
  a { display: block; padding: 0.7rem; border-radius: 999px; color: inherit; }
  #approve { background: #3b5bdb; color: #fff; text-decoration: none; }
  a:focus-visible { outline: 3px solid; outline-offset: 3px; }
</style>`;

/** Options for {@linkcode startDemoServer}. */
export interface DemoServerOptions {
  /**
   * Number of photos and videos to generate, in addition to the recorded ones.
   * @default {600}
   */
  assets?: number;
  /**
   * Port on the loopback address; `0` for any free port.
   * @default {0}
   */
  port?: number;
  /**
   * How the OAuth provider handles a sign-in.
   * @default {"page"}
   */
  provider?: ProviderMode;
  /**
   * Returns the time, in milliseconds since 1970. All generated photos are older than
   * the server's start.
   * @default {Date.now}
   */
  now?: () => number;
  /**
   * Awaited before each response.
   * @default {none}
   */
  onRequest?: (request: Request) => void | Promise<void>;
}

/** A running demo server. */
export interface DemoServer extends AsyncDisposable {
  /** Its address. */
  baseUrl: string;
  /** The server itself, to change its library or inject faults. */
  fake: FakeImmich;
  /** What the user's library contains, in words. */
  contents: string;
  /** Adds a photo taken now. */
  addPhoto(): SyncAssetV2;
}

/** Starts a demo server. */
export async function startDemoServer(
  options: DemoServerOptions = {},
): Promise<DemoServer> {
  const { assets = 600, port = 0, provider = "page" } = options;
  const { now = Date.now, onRequest = () => {} } = options;
  const recording = await Deno.readTextFile(RECORDING);
  const fake = new FakeImmich({ recording, provider, now });
  const { library } = fake;
  const pictures = new Map<string, number>();
  const desk = { library, pictures, now: now() };
  const files = await readPictures();
  library.updateUser({ name: demo.user });
  givePictures(desk, fake.snapshot().assets.keys());
  fillLibrary(desk, assets);
  addPartner(fake, desk, Math.ceil(assets / 10));

  const listen = { hostname: "127.0.0.1", port, onListen: () => {} };
  const server = Deno.serve(listen, async (request) => {
    await onRequest(request);
    const [, id] = PICTURE.exec(new URL(request.url).pathname) ?? [];
    if (request.method !== "GET" || id === undefined) {
      return await addStyle(await fake.handler(request));
    }
    const rejection = await reject(fake, request);
    if (rejection !== undefined) return rejection;
    const file = files.get(pictures.get(id) ?? 0);
    return file ? toResponse(file) : await fake.handler(request);
  });
  let added = 0;
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}`,
    fake,
    contents: `${
      fake.snapshot().assets.size.toLocaleString("en")
    } photos and videos`,
    addPhoto() {
      return takePicture({ ...desk, now: now() }, 7 * added++);
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Reads the picture files, by number. */
async function readPictures(): Promise<Map<number, Uint8Array<ArrayBuffer>>> {
  const files = NUMBERS.map(async (number) => {
    const name = `${String(number).padStart(2, "0")}.jpg`;
    const url = new URL(`pictures/${name}`, import.meta.url);
    return [number, await Deno.readFile(url)] as const;
  });
  return new Map(await Promise.all(files));
}

/** Adds a partner, whose photos appear in the user's timeline. */
function addPartner(
  { library, user }: FakeImmich,
  desk: Desk,
  assets: number,
): void {
  const partner = library.addUser(demo.partner);
  const theirs = library.as(partner.id);
  fillLibrary({ ...desk, library: theirs }, assets);
  theirs.addPartner(user.id);
  library.updatePartner(partner.id, true);
}

/** Styles the OAuth provider's page. */
async function addStyle(response: Response): Promise<Response> {
  const { status, headers } = response;
  if (!headers.get("content-type")?.startsWith("text/html")) return response;
  const page = await response.text();
  const styled = page.replace("</title>", `</title>\n${STYLE}`);
  return new Response(styled, { status, headers });
}

/** If a request has no valid session, returns the server's error response. */
async function reject(
  fake: FakeImmich,
  { url, headers }: Request,
): Promise<Response | undefined> {
  const me = new Request(new URL("/api/users/me", url), { headers });
  const response = await fake.handler(me);
  if (!response.ok) return response;
  await response.body?.cancel();
  return undefined;
}

function toResponse(file: Uint8Array<ArrayBuffer>): Response {
  return new Response(file, {
    headers: {
      "content-type": "image/jpeg",
      "cache-control": "private, max-age=86400, no-transform",
    },
  });
}

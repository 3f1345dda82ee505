/**
 * A server to try the worker against: a fake Immich with years of photos, and
 * with pictures of them.
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

/** Each picture has one file; it answers for every size, and is the still of a video. */
const PICTURE = /^\/api\/assets\/([0-9a-f-]{36})\/(?:thumbnail|original)$/;

/** Options of {@linkcode startDemoServer}. */
export interface DemoServerOptions {
  /**
   * How many pictures the user has, beside those that were recorded.
   * @default {600}
   */
  assets?: number;
  /**
   * Port on the loopback address; `0` takes a free one.
   * @default {0}
   */
  port?: number;
  /**
   * What the OAuth provider does with who comes.
   * @default {"page"}
   */
  provider?: ProviderMode;
  /**
   * The clock, in milliseconds since 1970; the pictures end where it starts.
   * @default {Date.now}
   */
  now?: () => number;
  /**
   * Awaited before a request is answered.
   * @default {none}
   */
  onRequest?: (request: Request) => void | Promise<void>;
}

/** A demo server that listens. */
export interface DemoServer extends AsyncDisposable {
  /** Where it listens. */
  baseUrl: string;
  /** The server itself, to be changed or broken. */
  fake: FakeImmich;
  /** Uploads one more picture, taken now. */
  addPhoto(): SyncAssetV2;
}

/** Starts a server with a library of pictures. */
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
      return await fake.handler(request);
    }
    // Who may ask is for the fake to say: an answer of its own is the refusal.
    const refusal = await refuse(fake, request);
    if (refusal !== undefined) return refusal;
    const file = files.get(pictures.get(id) ?? 0);
    return file ? toResponse(file) : await fake.handler(request);
  });
  let added = 0;
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}`,
    fake,
    addPhoto() {
      return takePicture({ ...desk, now: now() }, 7 * added++);
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** The files of the pictures, by number. */
async function readPictures(): Promise<Map<number, Uint8Array<ArrayBuffer>>> {
  const files = NUMBERS.map(async (number) => {
    const name = `${String(number).padStart(2, "0")}.jpg`;
    const url = new URL(`pictures/${name}`, import.meta.url);
    return [number, await Deno.readFile(url)] as const;
  });
  return new Map(await Promise.all(files));
}

/** Another user, whose pictures are shown among one's own. */
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

/** The answer to a request of somebody who is not signed in. */
async function refuse(
  fake: FakeImmich,
  { url, headers }: Request,
): Promise<Response | undefined> {
  const me = new Request(new URL("/api/users/me", url), { headers });
  const answer = await fake.handler(me);
  if (!answer.ok) return answer;
  await answer.body?.cancel();
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

/**
 * A server to try the worker against: a fake Immich with years of pictures, and
 * with the pictures themselves.
 *
 * @module
 */
import type { SyncAssetV2 } from "@immich-edge/sync";
import { FakeImmich, type ProviderMode } from "@immich-edge/sync/testing";
import {
  fillLibrary,
  givePictures,
  type Pictures,
  takePicture,
} from "./demo_library.ts";
import { CONTENT_TYPE, imageOf, SCENES, THUMBNAIL_SIDE } from "./images.ts";
import { Random } from "./random.ts";

const RECORDING = new URL(
  "../../../tests/transcripts/3.1.0/03-sync-admin/002-initial-all.ndjson",
  import.meta.url,
);

/** What a picture is asked for at. */
const THUMBNAIL = /^\/api\/assets\/([0-9a-f-]{36})\/thumbnail$/;

/** How many times as large as a thumbnail a preview is. */
const PREVIEW_SCALE = 2.4;

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
   * Short side of thumbnails, in pixels; larger ones take longer to paint.
   * @default {300}
   */
  thumbnailSide?: number;
  /**
   * Where chance begins: the same library comes of the same seed and time.
   * @default {3}
   */
  seed?: number;
  /**
   * Called for each request. The server waits for it before it answers.
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
  const { assets = 600, port = 0, provider = "page", seed = 3 } = options;
  const { now = Date.now, thumbnailSide = THUMBNAIL_SIDE } = options;
  const { onRequest = () => {} } = options;
  const recording = await Deno.readTextFile(RECORDING);
  const fake = new FakeImmich({ recording, provider, now });
  const { library } = fake;
  const pictures: Pictures = new Map();
  const random = new Random(seed);
  const desk = { library, pictures, random, now: now() };
  library.updateUser({ name: "Ada" });
  givePictures(desk, fake.snapshot().assets.keys());
  fillLibrary(desk, assets);
  addPartner(fake, desk, Math.ceil(assets / 10));

  const listen = { hostname: "127.0.0.1", port, onListen: () => {} };
  const server = Deno.serve(listen, async (request) => {
    await onRequest(request);
    const { pathname, searchParams } = new URL(request.url);
    const [, id] = THUMBNAIL.exec(pathname) ?? [];
    if (request.method !== "GET" || id === undefined) {
      return await fake.handler(request);
    }
    // Who may ask is for the fake to say: an answer of its own is the refusal.
    const refusal = await refuse(fake, request);
    if (refusal !== undefined) return refusal;
    const scene = pictures.get(id);
    if (scene === undefined) return await fake.handler(request);
    const isPreview = searchParams.get("size") === "preview";
    const side = isPreview ? PREVIEW_SCALE * thumbnailSide : thumbnailSide;
    return toResponse(await imageOf(scene, side));
  });
  let added = 0;
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}`,
    fake,
    addPhoto() {
      const scene = added++ * 7 % SCENES.length;
      return takePicture({ ...desk, now: now() }, scene);
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Another user, whose pictures are shown among one's own. */
function addPartner(
  { library, user }: FakeImmich,
  desk: Parameters<typeof fillLibrary>[0],
  assets: number,
): void {
  const id = desk.random.uuid();
  const partner = library.addUser({
    id,
    email: "mia@immich.test",
    name: "Mia",
  });
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

function toResponse(image: Uint8Array<ArrayBuffer>): Response {
  return new Response(image, {
    headers: {
      "content-type": CONTENT_TYPE,
      "cache-control": "private, max-age=86400, no-transform",
    },
  });
}

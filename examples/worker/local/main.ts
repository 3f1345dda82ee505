/**
 * Runs the worker on this machine, in the runtime of Cloudflare, with no account.
 *
 *     deno task worker                   with a demo server of 600 photos
 *     deno task worker --assets 50000    with a larger one
 *     deno task worker --server URL      with your server
 *
 * With your server, its OAuth provider has to know the redirect URI
 * `http://127.0.0.1:8787/callback`; `--port` chooses another port. `--folder`
 * keeps the copy beyond the end.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type DemoServer, startDemoServer } from "./demo_server.ts";
import { paintAll } from "./images.ts";
import { startWorker } from "./workerd.ts";

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    server: { type: "string" },
    assets: { type: "string", default: "600" },
    port: { type: "string", default: "8787" },
    folder: { type: "string" },
  },
});

function createSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

/** Tells what there is to click. */
function tell(url: string, demo: DemoServer | undefined): void {
  console.log(`
  Open  ${url}

  1. Click "Sign in with Immich"${
    demo ? ', then "Sign in" on the page of the demo server' : ""
  }.
  2. Click "Sync now", and watch the copy grow.
  3. Scroll through the photos, and open an album.
`);
  if (demo === undefined) return;
  console.log(
    "  Press Enter here to upload a photo to the demo server, and sync again.\n",
  );
}

/** Uploads a photo at each Enter. */
async function uploadAtEnter(demo: DemoServer): Promise<void> {
  for await (const _ of Deno.stdin.readable) {
    console.log(`Uploaded ${demo.addPhoto().originalFileName}`);
  }
}

const demo = options.server === undefined
  ? await startDemoServer({ assets: Number(options.assets) })
  : undefined;
const worker = await startWorker({
  bindings: {
    IMMICH_URL: options.server ?? demo!.baseUrl,
    COOKIE_SECRET: Deno.env.get("COOKIE_SECRET") ?? createSecret(),
  },
  port: Number(options.port),
  ...(options.folder === undefined ? {} : { folder: options.folder }),
});
tell(worker.url, demo);
if (demo) await Promise.all([paintAll(), uploadAtEnter(demo)]);

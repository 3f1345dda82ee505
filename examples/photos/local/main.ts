/**
 * Runs the worker on this machine, in the runtime of Cloudflare, with no account.
 *
 *     deno task photos                   with a demo server of 600 photos
 *     deno task photos --assets 50000    with a larger one
 *     deno task photos --server URL      with your server
 *
 * With your server, its OAuth provider has to know the redirect URI
 * `http://127.0.0.1:8787/callback`; `--port` chooses another port. `--folder`
 * keeps the copy beyond the end.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type DemoServer, startDemoServer } from "./demo_server.ts";
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
  return crypto.getRandomValues(new Uint8Array(32)).toHex();
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

/** A number of the command line. */
function toNumber(name: "assets" | "port"): number {
  const number = Number(options[name]);
  if (Number.isInteger(number) && number >= 0) return number;
  return refuse(`--${name} is "${options[name]}", it must be a number`);
}

function refuse(reason: string): never {
  console.error(`Cannot start the worker: ${reason}`);
  Deno.exit(2);
}

const assets = toNumber("assets");
const port = toNumber("port");
const { server, folder } = options;
if (server !== undefined && !URL.canParse(server)) {
  refuse(`--server is "${server}", it must be the address of a server`);
}
const demo = server === undefined
  ? await startDemoServer({ assets })
  : undefined;
const worker = await startWorker({
  bindings: {
    IMMICH_URL: server ?? demo!.baseUrl,
    COOKIE_SECRET: Deno.env.get("COOKIE_SECRET") ?? createSecret(),
  },
  port,
  ...(folder === undefined ? {} : { folder }),
});
tell(worker.url, demo);
if (demo) await uploadAtEnter(demo);

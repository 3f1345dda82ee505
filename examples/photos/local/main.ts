/**
 * Runs the app on this machine, in Cloudflare's runtime and without an account.
 *
 *     deno task photos                   with a demo server and 600 photos
 *     deno task photos --assets 50000    with more photos
 *     deno task photos --server URL      with your own server
 *
 * With your own server, register the redirect URI `http://127.0.0.1:8787/callback`
 * with its OAuth provider; `--port` changes the port. `--folder F` keeps the copy in
 * the folder F.
 *
 * @module
 */
import {
  numberOption,
  readTask,
  serverOption,
  textOption,
} from "../../../tools/task_options.ts";
import { type DemoServer, startDemoServer } from "./demo_server.ts";
import { startWorker } from "./workerd.ts";

const { values: { server, assets, port, folder } } = readTask({
  task: "photos",
  options: {
    server: serverOption("Your own server; by default, a demo server."),
    assets: {
      ...numberOption("The number of photos on the demo server", { min: 0 }),
      default: "600",
    },
    port: {
      ...numberOption("The port of the app", { min: 0, max: 65_535 }),
      default: "8787",
    },
    folder: textOption(
      "FOLDER",
      "The folder for the copies; by default, they are temporary.",
    ),
  },
});

function createSecret(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toHex();
}

/** Prints what to click. */
function explain(url: string, demo: DemoServer | undefined): void {
  console.log(`
  Open  ${url}

  1. Click "Sign in with Immich"${
    demo ? ', then "Sign in" on the demo server\'s page' : ""
  }.
  2. Click "Sync now", and watch the copy grow.
  3. Scroll through the photos, and open an album.
`);
  if (demo === undefined) return;
  console.log(
    `  The demo server has ${demo.contents}.
  Press Enter here to add a photo to it, then click "Sync now" to see it.
`,
  );
}

/** Adds a photo each time Enter is pressed. */
async function addAtEnter(demo: DemoServer): Promise<void> {
  for await (const _ of Deno.stdin.readable) {
    const { originalFileName } = demo.addPhoto();
    console.log(`Added ${originalFileName}. Click "Sync now" to see it.`);
  }
}

const demo = server === undefined
  ? await startDemoServer({ assets })
  : undefined;

const starting = startWorker({
  bindings: {
    IMMICH_URL: server ?? demo!.baseUrl,
    COOKIE_SECRET: Deno.env.get("COOKIE_SECRET") ?? createSecret(),
  },
  port,
  ...(folder === undefined ? {} : { folder }),
});
// The app runs in a child process, which must be ended too.
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
for (const [signal, code] of Object.entries(EXIT_CODES)) {
  Deno.addSignalListener(signal as Deno.Signal, async () => {
    await (await starting)[Symbol.asyncDispose]();
    Deno.exit(code);
  });
}
explain((await starting).url, demo);
if (demo) await addAtEnter(demo);

/**
 * Runs the worker on this machine, in Cloudflare's runtime, without an account.
 *
 *     deno task worker                 with a demo server that has 600 photos
 *     deno task worker --server URL    with your own server
 *
 * If you use your own server, register the redirect URI
 * `http://localhost:8787/callback` with its OAuth provider. `--port` selects
 * another port.
 *
 * @module
 */
import {
  numberOption,
  readTask,
  serverOption,
} from "../../../tools/task_options.ts";
import { startDemoServer } from "../../photos/local/demo_server.ts";
import { startWorker } from "../../photos/local/workerd.ts";
import { PHOTO_LIST } from "./program.ts";

const { values: { server, port } } = readTask({
  task: "worker",
  options: {
    server: serverOption("Your own server; by default, a demo server."),
    port: {
      ...numberOption("The port of the worker", { max: 65_535 }),
      default: "8787",
    },
  },
});

await startWorker({
  program: PHOTO_LIST,
  port,
  bindings: {
    IMMICH_URL: server ?? (await startDemoServer()).baseUrl,
    COOKIE_SECRET: crypto.getRandomValues(new Uint8Array(32)).toBase64(),
  },
});
console.log(`
  Open  http://localhost:${port}

  1. Click "Sign in with Immich"${
  server === undefined ? ', then "Sign in" on the page of the demo server' : ""
}.
  2. Reload the page to see the latest photos.
`);

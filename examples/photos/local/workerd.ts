/**
 * The worker, in the runtime of Cloudflare on one's own machine.
 *
 * @module
 */
import { Miniflare } from "miniflare";
import { bundle } from "../../../tests/support/bundle.ts";

const WORKER = new URL("../", import.meta.url);
const ENTRY = new URL("src/index.ts", WORKER).pathname;

/** How the worker is started. */
export interface WorkerOptions {
  /** Its variables and secrets. */
  bindings: Record<string, string>;
  /**
   * Port on 127.0.0.1; 0 for any that is free.
   * @default {0}
   */
  port?: number;
  /**
   * Folder for what the copies hold.
   * @default {none: it is gone with the worker}
   */
  folder?: string;
}

/** A worker that runs. */
export interface Worker extends AsyncDisposable {
  /** Where it is. */
  url: string;
  /** Has it answer a request to any address, with https if that says so; follows no redirect. */
  fetch(url: string, request?: WorkerRequest): Promise<Response>;
}

/** What a worker is asked. */
export interface WorkerRequest {
  /**
   * Method.
   * @default {"GET"}
   */
  method?: string;
  /**
   * Headers.
   * @default {{}}
   */
  headers?: Record<string, string>;
  /**
   * Body.
   * @default {none}
   */
  body?: string;
}

let script: Promise<string> | undefined;

/** Starts the worker as `wrangler.jsonc` says, with a folder in the place of Cloudflare. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { bindings, port = 0, folder } = options;
  const miniflare = new Miniflare({
    modules: true,
    script: await (script ??= bundle(ENTRY, "--external=cloudflare:workers")),
    compatibilityDate: "2026-07-01",
    host: "127.0.0.1",
    port,
    bindings,
    durableObjects: { LIBRARIES: { className: "Library", useSQLite: true } },
    assets: {
      directory: new URL("public", WORKER).pathname,
      routerConfig: { has_user_worker: true },
    },
    ...(folder === undefined ? {} : { durableObjectsPersist: folder }),
  });
  const { origin } = await miniflare.ready;
  return {
    url: origin,
    async fetch(url, { method = "GET", headers = {}, body } = {}) {
      const { status, headers: fields, body: answer } = await miniflare
        .dispatchFetch(url, {
          method,
          headers,
          redirect: "manual",
          ...(body === undefined ? {} : { body }),
        });
      return new Response(answer as ReadableStream<Uint8Array> | null, {
        status,
        headers: [...fields],
      });
    },
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  };
}

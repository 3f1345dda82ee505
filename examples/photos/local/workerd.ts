/**
 * The worker, in the runtime of Cloudflare on one's own machine.
 *
 * @module
 */
import { Miniflare } from "miniflare";
import { bundle } from "../../../tests/support/bundle.ts";

/** A worker, as its `wrangler.jsonc` describes it. */
export interface WorkerProgram {
  /** The module to bundle. */
  entry: URL;
  /** Binding → class of its Durable Objects. */
  durableObjects: Record<string, string>;
  /**
   * The folder of static files.
   * @default {none}
   */
  assets?: URL;
}

const PHOTOS: WorkerProgram = {
  entry: new URL("../src/index.ts", import.meta.url),
  durableObjects: { LIBRARIES: "Library", SIGN_INS: "SignIns" },
  assets: new URL("../public", import.meta.url),
};

/** How the worker is started. */
export interface WorkerOptions {
  /**
   * The worker to start.
   * @default {the app in this folder}
   */
  program?: WorkerProgram;
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

const scripts = new Map<string, Promise<string>>();

/** Bundles a worker, once. */
function bundleOnce({ pathname }: URL): Promise<string> {
  const script = scripts.get(pathname) ??
    bundle(pathname, "--external=cloudflare:workers");
  scripts.set(pathname, script);
  return script;
}

/** Starts the worker as `wrangler.jsonc` says, with a folder in the place of Cloudflare. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { program = PHOTOS, bindings, port = 0, folder } = options;
  const { entry, assets } = program;
  const durableObjects = Object.fromEntries(
    Object.entries(program.durableObjects).map(([binding, className]) => [
      binding,
      { className, useSQLite: true },
    ]),
  );
  const miniflare = new Miniflare({
    modules: true,
    script: await bundleOnce(entry),
    compatibilityDate: "2026-07-01",
    host: "127.0.0.1",
    port,
    bindings,
    durableObjects,
    ...(assets === undefined ? {} : {
      assets: {
        directory: assets.pathname,
        routerConfig: { has_user_worker: true },
      },
    }),
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

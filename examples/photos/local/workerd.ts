/**
 * Runs a worker, by default the app, on this machine in Cloudflare's runtime.
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
  entry: new URL("../src/app.tsx", import.meta.url),
  durableObjects: { LIBRARIES: "Library", SIGN_INS: "SignIns" },
  assets: new URL("../public", import.meta.url),
};

/** Options for {@linkcode startWorker}. */
export interface WorkerOptions {
  /**
   * The worker to start.
   * @default {the app in this folder}
   */
  program?: WorkerProgram;
  /** Variables and secrets. */
  bindings: Record<string, string>;
  /**
   * The port on 127.0.0.1; 0 for any free one.
   * @default {0}
   */
  port?: number;
  /**
   * Requests per minute that a visitor may send to each limited route.
   * @default {no limit}
   */
  perMinute?: number;
  /**
   * The folder for the copies.
   * @default {none: the copies are temporary}
   */
  folder?: string;
}

/** A running worker. */
export interface Worker extends AsyncDisposable {
  /** Its address. */
  url: string;
  /** Sends a request to the worker under any URL, even https; follows no redirects. */
  fetch(url: string, request?: WorkerRequest): Promise<Response>;
}

/** A request to a worker. */
export interface WorkerRequest {
  /**
   * The method.
   * @default {"GET"}
   */
  method?: string;
  /**
   * The headers.
   * @default {{}}
   */
  headers?: Record<string, string>;
  /**
   * The body.
   * @default {none}
   */
  body?: string;
}

const scripts = new Map<string, Promise<string>>();

/** Bundles a worker, unless it was bundled before. */
function bundleOnce({ pathname }: URL): Promise<string> {
  const script = scripts.get(pathname) ??
    bundle(pathname, "--external=cloudflare:workers");
  scripts.set(pathname, script);
  return script;
}

/** Starts a worker with the settings in `wrangler.jsonc`. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { program = PHOTOS, bindings, port = 0, folder, perMinute } = options;
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
    ...(perMinute === undefined ? {} : {
      ratelimits: {
        RATE_LIMIT: {
          namespace_id: "1001",
          simple: { limit: perMinute, period: 60 },
        },
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

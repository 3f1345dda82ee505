/**
 * Runs a worker in workerd with its storage on disk, and a fake Immich on a socket.
 * Both can be stopped and started again.
 */
import { findWorkerd } from "../../bench/processes.ts";
import {
  startWorker,
  type Worker,
  type WorkerProgram,
} from "../../examples/photos/local/workerd.ts";
import { FakeImmich, type FakeImmichOptions } from "../../src/testing/mod.ts";
import { listen, type Listening, reservePort } from "../support/listen.ts";
import { Browser } from "./photos/browser.ts";

/** The secret for cookies. */
export const SECRET = "a secret of 32 characters or more";

/** A request from the worker to the server. */
export interface Arrival {
  method: string;
  path: string;
  body: string;
  token: string;
}

/** Called before the server handles a request; may wait, or respond instead. */
export type Gate = (
  arrival: Arrival,
  /** Lets the server handle the request, and returns the response. */
  pass: () => Promise<Response>,
) => void | Response | undefined | Promise<void | Response | undefined>;

/** Options for {@linkcode ServedWorker}. */
export interface ServedOptions {
  /**
   * The worker.
   * @default {the photos app}
   */
  program?: WorkerProgram;
  /** Options for the fake; by default, its provider shows a page. */
  fake?: FakeImmichOptions;
  /** Additional bindings for the worker. */
  bindings?: Record<string, string>;
}

/** A worker and its server; their ports stay the same after a restart. */
export class ServedWorker implements AsyncDisposable {
  readonly fake: FakeImmich;
  /** Every request to the server. */
  readonly arrivals: Arrival[] = [];
  /** Acks that the server has accepted, in order. */
  readonly acked: string[] = [];
  /** The highest number of streams that were open at the same time. */
  mostStreams = 0;
  /** All browsers that were opened. */
  readonly browsers: Browser[] = [];
  /** The current gate; each test sets its own. */
  gate: Gate = () => {};
  /** The worker's storage. */
  protected readonly folder: string = Deno.makeTempDirSync();
  readonly #options: ServedOptions;
  #server: Listening | undefined;
  readonly #serverPort = reservePort();
  #worker: Worker | undefined;
  readonly #port = reservePort();
  readonly #over = Promise.withResolvers<void>();

  constructor(options: ServedOptions = {}) {
    this.#options = options;
    this.fake = new FakeImmich({ provider: "page", ...options.fake });
    this.startServer();
  }

  /** The server's address. */
  get server(): string {
    return `http://127.0.0.1:${this.#serverPort}`;
  }

  /** Every access token that the worker has used, in order of first use. */
  get tokens(): string[] {
    const tokens = new Set(this.arrivals.map(({ token }) => token));
    return [...tokens].filter((token) => token !== "");
  }

  /** Starts the server. */
  startServer(): void {
    const port = this.#serverPort;
    this.#server = listen((request) => this.#respond(request), { port });
  }

  /** Stops the server. */
  async stopServer(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.#server = undefined;
  }

  /** Starts the worker with its stored data. */
  async startWorker(): Promise<void> {
    const { program, bindings } = this.#options;
    this.#worker = await startWorker({
      ...(program ? { program } : {}),
      bindings: {
        IMMICH_URL: this.server,
        COOKIE_SECRET: SECRET,
        SYNC_EVERY_MINUTES: "0",
        ...bindings,
      },
      port: this.#port,
      folder: this.folder,
    });
  }

  /** Stops the worker. */
  async stopWorker(): Promise<void> {
    await this.#worker?.[Symbol.asyncDispose]();
    this.#worker = undefined;
  }

  /** Kills the worker's process. */
  async killWorker(): Promise<void> {
    Deno.kill(Number(await this.findProcess()), "SIGKILL");
    await this.stopWorker();
  }

  /** Returns the id of the worker's process. */
  async findProcess(): Promise<string> {
    return await findWorkerd(this.#worker!.url);
  }

  /** Opens a browser without cookies, by default at the worker's own origin. */
  open(origin?: string): Browser {
    const browser = new Browser(
      origin ?? `http://127.0.0.1:${this.#port}`,
      (url, request) =>
        origin === undefined
          ? fetch(url, { ...request, redirect: "manual" })
          : this.#worker!.fetch(url, request),
    );
    this.browsers.push(browser);
    return browser;
  }

  /** Responds to the next matching request, and resolves when it arrives. */
  intercept(
    matches: (arrival: Arrival) => boolean,
    respond: Gate = () => {},
  ): Promise<Arrival> {
    const { promise, resolve } = Promise.withResolvers<Arrival>();
    const before = this.gate;
    this.gate = async (arrival, pass) => {
      if (!matches(arrival)) return await before(arrival, pass);
      this.gate = before;
      resolve(arrival);
      return await respond(arrival, pass);
    };
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A failed test may still be holding a request.
    this.#over.resolve();
    await this.stopWorker();
    await this.stopServer();
    await Deno.remove(this.folder, { recursive: true });
  }

  /** Lets the server handle a request. */
  protected async handle(request: Request, _: Arrival): Promise<Response> {
    return await this.fake.handler(request);
  }

  async #respond(request: Request): Promise<Response> {
    const { method, url, headers } = request;
    const { pathname: path } = new URL(url);
    const token = (headers.get("authorization") ?? "").replace("Bearer ", "");
    const body = await request.clone().text();
    const arrival = { method, path, body, token };
    this.arrivals.push(arrival);
    const pass = async () => {
      const answer = await this.handle(request, arrival);
      if (isAck(arrival) && answer.ok) this.acked.push(...acksOf(arrival));
      return answer;
    };
    const over = this.#over.promise
      .then(() => new Response(null, { status: 503 }));
    const gated = Promise.resolve(this.gate(arrival, pass));
    const answer = await Promise.race([gated, over]) ?? await pass();
    this.mostStreams = Math.max(this.mostStreams, this.fake.openStreams);
    return answer;
  }
}

/** Starts a sign-in, and returns the address of the provider's page. */
export async function beginSignIn(browser: Browser): Promise<string> {
  const { status, headers, text } = await browser.get("/login");
  const url = headers.get("location");
  if (url !== null) return url;
  throw new Error(`Cannot sign in: /login answered ${status} ${text}`);
}

/** Accepts or refuses on the provider's page, and returns the callback URL. */
export async function visitProvider(
  url: string,
  decision: "approve" | "refuse" = "approve",
): Promise<string> {
  const page = new URL(url);
  page.searchParams.set("decision", decision);
  const answer = await fetch(page, { redirect: "manual" });
  await answer.body?.cancel();
  return answer.headers.get("location") ?? "";
}

/** Returns whether a request is for a sync endpoint. */
export function isSync({ path }: Arrival): boolean {
  return path.startsWith("/api/sync/");
}

/** Returns whether a request opens a stream. */
export function isStream({ path }: Arrival): boolean {
  return path === "/api/sync/stream";
}

/** Returns whether a request sends acks. */
export function isAck({ path, method }: Arrival): boolean {
  return path === "/api/sync/ack" && method === "POST";
}

/** Returns the acks in a request. */
export function acksOf({ body }: Arrival): string[] {
  return JSON.parse(body).acks;
}

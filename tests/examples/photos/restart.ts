/** The app, which a test can kill and restart, with its server and its database. */
import {
  startWorker,
  type Worker,
} from "../../../examples/photos/local/workerd.ts";
import { findWorkerd } from "../../../bench/processes.ts";
import type { Session } from "../../../mod.ts";
import {
  FakeImmich,
  type FakeImmichOptions,
} from "../../../src/testing/mod.ts";
import { listen, type Listening, reservePort } from "../../support/listen.ts";
import { Browser } from "./browser.ts";
import { WorkerStorage } from "./storage.ts";
import { SECRET } from "./harness.ts";

/** A request from the app to the server. */
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
  answer: () => Promise<Response>,
) => void | Response | undefined | Promise<void | Response | undefined>;

/** A server-sent event. */
export interface SentEvent {
  event: string;
  data: string;
}

/** The app, on a port that stays the same after a restart. */
export class RestartableWorker implements AsyncDisposable {
  readonly fake: FakeImmich;
  readonly storage: WorkerStorage;
  /** Every request to the server. */
  readonly arrivals: Arrival[] = [];
  /** Process id of workerd. */
  pid = "";
  /** The highest number of streams that were open at the same time. */
  mostStreams = 0;
  /** Acks that the server has accepted, in order. */
  readonly acked: string[] = [];
  /** All browsers that were opened. */
  readonly browsers: Browser[] = [];
  /** The current gate; each test sets its own. */
  gate: Gate = () => {};
  readonly #folder: string;
  readonly #bindings: Record<string, string>;
  #server: Listening | undefined;
  #serverPort = reservePort();
  #worker: Worker | undefined;
  #port = reservePort();
  readonly #over = Promise.withResolvers<void>();

  private constructor(
    folder: string,
    fake: FakeImmichOptions,
    bindings: Record<string, string>,
  ) {
    this.#folder = folder;
    this.#bindings = bindings;
    this.fake = new FakeImmich(fake);
    this.storage = new WorkerStorage(folder);
  }

  /** Starts the server and the app. */
  static async start(
    { fake = {}, bindings = {} }: {
      fake?: FakeImmichOptions;
      bindings?: Record<string, string>;
    } = {},
  ): Promise<RestartableWorker> {
    const it = new RestartableWorker(await Deno.makeTempDir(), fake, bindings);
    try {
      it.startServer();
      await it.startWorker();
      return it;
    } catch (error) {
      await it[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts the server on its port. */
  startServer(): void {
    const port = this.#serverPort;
    this.#server = listen((request) => this.#answer(request), { port });
  }

  /** Stops the server. */
  async stopServer(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.#server = undefined;
  }

  /** Starts the app on its port, with its database. */
  async startWorker(): Promise<void> {
    this.#worker = await startWorker({
      bindings: {
        IMMICH_URL: `http://127.0.0.1:${this.#serverPort}`,
        COOKIE_SECRET: SECRET,
        SYNC_EVERY_MINUTES: "0",
        ...this.#bindings,
      },
      port: this.#port,
      folder: this.#folder,
    });
    this.pid = await findWorkerd(this.#worker.url);
  }

  /** Stops the app. */
  async stopWorker(): Promise<void> {
    await this.#worker?.[Symbol.asyncDispose]();
    this.#worker = undefined;
  }

  /** Kills the app's process. */
  async killWorker(): Promise<void> {
    Deno.kill(Number(this.pid), "SIGKILL");
    await this.stopWorker();
  }

  /** Opens a browser. */
  open(): Browser {
    const origin = `http://127.0.0.1:${this.#port}`;
    const browser = new Browser(
      origin,
      (url, request) => fetch(url, { ...request, redirect: "manual" }),
    );
    this.browsers.push(browser);
    return browser;
  }

  /** Signs a browser in, by default a new one. */
  async signIn(browser: Browser = this.open()): Promise<SignedIn> {
    const { headers } = await browser.get("/login");
    const page = await fetch(headers.get("location") ?? "", {
      redirect: "manual",
    });
    await page.body?.cancel();
    await browser.get(page.headers.get("location") ?? "");
    const { token: accessToken } = this.arrivals
      .findLast(({ path }) => path === "/api/users/me")!;
    return { browser, login: { baseUrl: this.fake.baseUrl, accessToken } };
  }

  /** Resolves when a matching request arrives; passes it to `then`. */
  arrival(
    is: (arrival: Arrival) => boolean,
    then: Gate = () => {},
  ): Promise<Arrival> {
    const { promise, resolve } = Promise.withResolvers<Arrival>();
    const before = this.gate;
    this.gate = async (arrival, answer) => {
      if (!is(arrival)) return await before(arrival, answer);
      this.gate = before;
      resolve(arrival);
      return await then(arrival, answer);
    };
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A failed test may still hold a request.
    this.#over.resolve();
    await this.stopWorker();
    await this.stopServer();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #answer(request: Request): Promise<Response> {
    const { method, url, headers } = request;
    const { pathname: path } = new URL(url);
    const token = (headers.get("authorization") ?? "").replace("Bearer ", "");
    const body = await request.clone().text();
    const arrival = { method, path, body, token };
    this.arrivals.push(arrival);
    const handle = async () => {
      const answer = await this.fake.handler(request);
      if (isAck(arrival) && answer.ok) this.acked.push(...acksOf(arrival));
      return answer;
    };
    const over = this.#over.promise
      .then(() => new Response(null, { status: 503 }));
    const gated = Promise.resolve(this.gate(arrival, handle));
    const answer = await Promise.race([gated, over]) ?? await handle();
    this.mostStreams = Math.max(this.mostStreams, this.fake.openStreams);
    return answer;
  }
}

/** A browser, and its session on the server. */
export interface SignedIn {
  browser: Browser;
  login: Session;
}

/** Clicks on "Sync now". */
export async function clickSync(browser: Browser): Promise<void> {
  await browser.post("/sync");
}

/** Yields the events until the end of a run. */
export async function* watch(browser: Browser): AsyncGenerator<SentEvent> {
  const { body } = await browser.open("/events");
  let rest = "";
  for await (const text of body!.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n\n");
    rest = parts.pop()!;
    for (const part of parts) {
      const [, event = ""] = /^event: (.*)$/m.exec(part) ?? [];
      const lines = [...part.matchAll(/^data: ?(.*)$/gm)].map(([, line]) =>
        line
      );
      if (event !== "") yield { event, data: lines.join("\n") };
    }
  }
}

/** Clicks on "Sync now", waits for the end of the run, and returns the page. */
export async function syncNow(browser: Browser): Promise<string> {
  await clickSync(browser);
  return await waitForEnd(browser);
}

/** Waits for the end of the run, and returns the page. */
export async function waitForEnd(browser: Browser): Promise<string> {
  await browser.get("/events");
  return (await browser.get("/")).text;
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

/** Adds up counts. */
export function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

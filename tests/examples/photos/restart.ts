/** A worker that can be killed and started again, its server, and what it keeps. */
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

/** A request to the server, as it arrives. */
export interface Arrival {
  method: string;
  path: string;
  body: string;
  token: string;
}

/** What is done with a request before the server sees it: nothing, a wait, an answer in its place. */
export type Gate = (
  arrival: Arrival,
  /** Lets the server do what it is asked, and gives its answer. */
  answer: () => Promise<Response>,
) => void | Response | undefined | Promise<void | Response | undefined>;

/** A part of a stream of events. */
export interface Told {
  event: string;
  data: string;
}

/** A worker on a port of its own, that outlives it. */
export class RestartableWorker implements AsyncDisposable {
  readonly fake: FakeImmich;
  readonly storage: WorkerStorage;
  /** Every request to the server, with the token that it came with. */
  readonly arrivals: Arrival[] = [];
  /** Id of the process of workerd. */
  pid = "";
  /** Most streams that were open when a request arrived. */
  mostStreams = 0;
  /** Acks that the server has taken, in their order. */
  readonly acked: string[] = [];
  /** All browsers. */
  readonly browsers: Browser[] = [];
  /** What is done with requests; each test sets its own. */
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

  /** Starts the server, and the worker. */
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

  /** Opens the socket of the server, where it was before. */
  startServer(): void {
    const port = this.#serverPort;
    this.#server = listen((request) => this.#answer(request), { port });
  }

  /** Closes it. */
  async stopServer(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.#server = undefined;
  }

  /** Starts the worker, on the port that it had, with what it kept. */
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

  /** Ends the worker in order. */
  async stopWorker(): Promise<void> {
    await this.#worker?.[Symbol.asyncDispose]();
    this.#worker = undefined;
  }

  /** Kills the worker: nothing of it runs any more, not one line. */
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

  /** Signs a browser in; a new one, if none is told. Gives the session that this began as well. */
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

  /** Resolves when a request arrives that is meant; does with it what `then` says. */
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

/** A browser, and the session on the server that stands behind it. */
export interface SignedIn {
  browser: Browser;
  login: Session;
}

/** Clicks on "Sync now". */
export async function clickSync(browser: Browser): Promise<void> {
  await browser.post("/sync");
}

/** What is told of a run until it is over. */
export async function* watch(browser: Browser): AsyncGenerator<Told> {
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

/** Clicks, and waits for the end of the run; gives the page after it. */
export async function syncNow(browser: Browser): Promise<string> {
  await clickSync(browser);
  return await waitForEnd(browser);
}

/** Waits for the end of the run; gives the page after it. */
export async function waitForEnd(browser: Browser): Promise<string> {
  await browser.get("/events");
  return (await browser.get("/")).text;
}

/** Whether a request is one of the sync endpoints. */
export function isSync({ path }: Arrival): boolean {
  return path.startsWith("/api/sync/");
}

/** Whether a request opens a stream. */
export function isStream({ path }: Arrival): boolean {
  return path === "/api/sync/stream";
}

/** Whether a request sends acks. */
export function isAck({ path, method }: Arrival): boolean {
  return path === "/api/sync/ack" && method === "POST";
}

/** The acks that a request sends. */
export function acksOf({ body }: Arrival): string[] {
  return JSON.parse(body).acks;
}

/** The sum of counts. */
export function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

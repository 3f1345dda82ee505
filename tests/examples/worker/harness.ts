/**
 * Runs the worker in workerd, with an Immich server. The worker can be killed
 * and restarted.
 */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { findWorkerd } from "../../../bench/processes.ts";
import {
  startWorker,
  type Worker,
} from "../../../examples/photos/local/workerd.ts";
import { PHOTO_LIST } from "../../../examples/worker/local/program.ts";
import {
  FakeImmich,
  type FakeImmichOptions,
} from "../../../src/testing/mod.ts";
import { until } from "../../support/events.ts";
import { listen, type Listening, reservePort } from "../../support/listen.ts";
import { Browser } from "../photos/browser.ts";
import type { Arrival, Gate } from "../photos/restart.ts";

/** The secret of the worker's cookies. */
export const SECRET = "a secret of at least 32 characters";

/** A worker with its storage on disk, and a server on a socket. */
export class Sample implements AsyncDisposable {
  readonly fake: FakeImmich;
  /** Every request to the server. */
  readonly arrivals: Arrival[] = [];
  /** Called with each request before the server receives it. */
  gate: Gate = () => {};
  readonly #folder = Deno.makeTempDirSync();
  readonly #port = reservePort();
  readonly #server: Listening;
  #worker: Worker | undefined;

  /** Starts the worker and the server. */
  static async start(options: FakeImmichOptions = {}): Promise<Sample> {
    const it = new Sample(options);
    await it.startWorker();
    return it;
  }

  private constructor(options: FakeImmichOptions) {
    this.fake = new FakeImmich(options);
    this.#server = listen((request) => this.#respond(request));
  }

  /** Starts the worker with its stored data. */
  async startWorker(): Promise<void> {
    this.#worker = await startWorker({
      program: PHOTO_LIST,
      bindings: { IMMICH_URL: this.#server.baseUrl, COOKIE_SECRET: SECRET },
      port: this.#port,
      folder: this.#folder,
    });
  }

  /** Kills the worker's process. */
  async killWorker(): Promise<void> {
    const worker = this.#worker!;
    Deno.kill(Number(await findWorkerd(worker.url)), "SIGKILL");
    this.#worker = undefined;
    await worker[Symbol.asyncDispose]();
  }

  /** Opens a browser without cookies. */
  open(): Browser {
    return new Browser(
      `http://127.0.0.1:${this.#port}`,
      (url, request) => fetch(url, { ...request, redirect: "manual" }),
    );
  }

  /** Begins a sign-in, and returns the URL of the provider's redirect. */
  async beginSignIn(browser: Browser): Promise<string> {
    const { headers } = await browser.get("/login");
    const page = await fetch(headers.get("location")!, { redirect: "manual" });
    await page.body?.cancel();
    return page.headers.get("location")!;
  }

  /** Signs in with a browser. */
  async signIn(browser: Browser = this.open()): Promise<Browser> {
    const { status, text } = await browser.get(await this.beginSignIn(browser));
    assertEquals(status, 302, text);
    return browser;
  }

  /** Waits until a page contains a string, and returns the page. */
  async page(browser: Browser, text: string): Promise<string> {
    let page = "";
    await until(
      async () => (page = (await browser.get("/")).text).includes(text),
      `the page contains "${text}"`,
    );
    return page;
  }

  /** Signs in, and waits for the end of the first sync. */
  async signInAndSync(): Promise<Browser> {
    const browser = await this.signIn();
    await this.page(browser, "Up to date");
    return browser;
  }

  /** Clicks "Sync now", and returns the page after the sync. */
  async sync(browser: Browser): Promise<string> {
    await browser.post("/sync");
    return await this.page(browser, "Up to date");
  }

  /** Responds to the next matching request, and resolves when it arrives. */
  intercept(
    matches: (arrival: Arrival) => boolean,
    respond: Gate = () => {},
  ): Promise<Arrival> {
    const { promise, resolve } = Promise.withResolvers<Arrival>();
    const before = this.gate;
    this.gate = (arrival, pass) => {
      if (!matches(arrival)) return before(arrival, pass);
      this.gate = before;
      resolve(arrival);
      return respond(arrival, pass);
    };
    return promise;
  }

  /** Runs a query on the only object's database. */
  query(sql: string): Record<string, unknown>[] {
    const names = [...Deno.readDirSync(this.#objects)]
      .map(({ name }) => name)
      .filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
    assertEquals(names.length, 1);
    return query(`${this.#objects}/${names[0]}`, sql);
  }

  /** The ids of the photos on the page. */
  get ids(): string[] {
    return this.query("SELECT id FROM photos WHERE is_shown")
      .map(({ id }) => id as string);
  }

  /** When the next alarm fires, in milliseconds since 1970, if one is set. */
  get alarm(): number | undefined {
    const sql = "SELECT scheduled_time / 1000000 AS time FROM _cf_ALARM";
    const [row] = query(`${this.#objects}/metadata.sqlite`, sql);
    return row?.time as number | undefined;
  }

  get #objects(): string {
    return `${this.#folder}/-Library`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #respond(request: Request): Promise<Response> {
    const { method, url, headers } = request;
    const arrival = {
      method,
      path: new URL(url).pathname,
      body: await request.clone().text(),
      token: (headers.get("authorization") ?? "").replace("Bearer ", ""),
    };
    this.arrivals.push(arrival);
    const pass = () => this.fake.handler(request);
    return await this.gate(arrival, pass) ?? await pass();
  }
}

function query(path: string, sql: string): Record<string, unknown>[] {
  using database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  return database.prepare(sql).all();
}

/** Returns whether a request opens a stream. */
export function isStream({ path }: Arrival): boolean {
  return path === "/api/sync/stream";
}

/** Returns whether a request sends acks. */
export function isAck({ method, path }: Arrival): boolean {
  return method === "POST" && path === "/api/sync/ack";
}

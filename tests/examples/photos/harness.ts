/** The photos app in workerd, with its server and its database. */
import type { Session, SyncAuthUserV1 } from "../../../mod.ts";
import { inTime } from "../../support/events.ts";
import {
  type Arrival,
  beginSignIn,
  type ServedOptions,
  ServedWorker,
  visitProvider,
} from "../served_worker.ts";
import type { Answer, Browser } from "./browser.ts";
import { WorkerStorage } from "./storage.ts";

/** A picture with one pixel. */
const PIXEL = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=",
);

/** Far longer than a test takes, on any machine. */
const MAX_TEST_MS = 600_000;

const THUMBNAIL = /^\/api\/assets\/([^/]+)\/thumbnail$/;

/** A visit to the provider. */
export interface Visit {
  /** The user's decision; by default, "approve". */
  decision?: "approve" | "refuse";
  /** The user; by default, the fake's own. */
  user?: Readonly<SyncAuthUserV1>;
}

/** A browser, its session on the server, and the response to its callback. */
export interface SignedIn extends Answer {
  browser: Browser;
  login: Session;
}

/** A server-sent event. */
export interface SentEvent {
  event: string;
  data: string;
}

/** The app and its server. */
export class PhotosApp extends ServedWorker {
  readonly storage: WorkerStorage = new WorkerStorage(this.folder);
  /** Ids of the thumbnails that the server was asked for. */
  readonly thumbnails: string[] = [];
  /** Responds to requests for thumbnails. */
  thumbnail: (request: Request) => Response | Promise<Response> = toPixel;
  /** The id of the user for each of the provider's codes. */
  readonly #users = new Map<string, string>();

  /** Starts the app and its server. */
  static async start(options: ServedOptions = {}): Promise<PhotosApp> {
    const it = new PhotosApp(options);
    await it.startWorker();
    return it;
  }

  /** Accepts or refuses on the provider's page, and returns the callback URL. */
  async visitProvider(
    url: string,
    { decision, user = this.fake.user }: Visit = {},
  ): Promise<string> {
    const back = await visitProvider(url, decision);
    const code = new URL(back).searchParams.get("code");
    if (code !== null && user.id !== this.fake.user.id) {
      this.#users.set(code, user.id);
    }
    return back;
  }

  /** Signs a browser in, by default a new one. */
  async signIn(
    browser: Browser = this.open(),
    visit: Visit = {},
  ): Promise<SignedIn> {
    const url = await beginSignIn(browser);
    const answer = await browser.get(await this.visitProvider(url, visit));
    const { token: accessToken = "" } = this.arrivals
      .findLast(({ path }) => path === "/api/users/me") ?? {};
    const login = { baseUrl: this.fake.baseUrl, accessToken };
    return { ...answer, browser, login };
  }

  protected override async handle(
    request: Request,
    { path, body }: Arrival,
  ): Promise<Response> {
    const { url, headers } = request;
    const [, id] = THUMBNAIL.exec(path) ?? [];
    if (id === undefined) {
      const answer = await this.fake.handler(request);
      const isSignIn = path === "/api/oauth/callback" && answer.ok;
      return isSignIn ? await this.#finish(body, answer) : answer;
    }
    this.thumbnails.push(decodeURIComponent(id));
    // The fake checks the session.
    const me = new Request(new URL("/api/users/me", url), { headers });
    const answer = await this.fake.handler(me);
    return answer.ok ? await this.thumbnail(request) : answer;
  }

  /** Finishes a sign-in as the user with this code; the fake has only one user. */
  async #finish(body: string, answer: Response): Promise<Response> {
    const login = await answer.json();
    const { searchParams } = new URL(JSON.parse(body).url);
    const userId = this.#users.get(searchParams.get("code") ?? "");
    if (userId === undefined) return Response.json(login, { status: 201 });
    this.fake.endSession({ baseUrl: this.server, ...login });
    const { accessToken } = this.fake.createSession(userId);
    return Response.json({ ...login, accessToken, userId }, { status: 201 });
  }
}

/** Starts the app for all tests in a file. */
export async function sharedApp(options?: ServedOptions): Promise<PhotosApp> {
  const it = await PhotosApp.start(options);
  Deno.test.afterAll(async () => await it[Symbol.asyncDispose]());
  return it;
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
  await browser.post("/sync");
  return await waitForEnd(browser);
}

/** Waits for the end of the run, and returns the page. */
export async function waitForEnd(browser: Browser): Promise<string> {
  await browser.get("/events");
  return (await browser.get("/")).text;
}

/** Returns the sum of counts. */
export function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

function toPixel(): Response {
  return new Response(PIXEL, { headers: { "content-type": "image/png" } });
}

/** Registers a test that uses workerd. */
export function workerTest(
  name: string,
  run: () => void | Promise<void>,
): void {
  // A test that hangs must not keep the others from being reported.
  const hangs = new Error("The test does not end");
  const fn = () => inTime(Promise.resolve(run()), MAX_TEST_MS, hangs);
  // Miniflare leaves a message port open and a file removal pending
  // (4.20260730.0, 2026-11).
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

/** The app in workerd, with a fake Immich on a socket. */
import {
  startWorker,
  type Worker,
} from "../../../examples/photos/local/workerd.ts";
import type { SyncAuthUserV1 } from "../../../mod.ts";
import {
  FakeImmich,
  type FakeImmichOptions,
} from "../../../src/testing/mod.ts";
import { inTime } from "../../support/events.ts";
import { listen } from "../../support/listen.ts";
import { type Answer, Browser } from "./browser.ts";

/** The default secret for cookies. */
export const SECRET = "a secret of 32 characters or more";

/** A picture with one pixel. */
const PIXEL = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=",
);

/** Far longer than a test takes, on any machine. */
const MAX_TEST_MS = 600_000;

const THUMBNAIL = /^\/api\/assets\/([^/]+)\/thumbnail$/;

/** Options for {@linkcode startHarness}. */
export interface HarnessOptions {
  /** Options for the fake; by default, its provider shows a page. */
  fake?: FakeImmichOptions;
  /** Additional bindings for the app. */
  bindings?: Record<string, string>;
  /** Folder for the copies; without it, they are temporary. */
  folder?: string;
  /** Responds to a signed-in user's request for a thumbnail. */
  thumbnail?: (request: Request) => Response | Promise<Response>;
}

/** The app and its server. */
export interface Harness extends AsyncDisposable {
  fake: FakeImmich;
  /** Address of the fake. */
  server: string;
  worker: Worker;
  /** Every access token that the fake has issued. */
  tokens: string[];
  /** Ids of the thumbnails that the fake was asked for. */
  thumbnails: string[];
  /** Responds to requests for thumbnails; may be changed. */
  thumbnail: (request: Request) => Response | Promise<Response>;
  /** Opens a browser without cookies, by default at the app's own origin. */
  open(origin?: string): Browser;
  /** Approves or refuses on the provider's page, and returns the callback URL. */
  visitProvider(url: string, visit?: Visit): Promise<string>;
  /** Signs a browser in, and returns the response to the callback. */
  signIn(browser: Browser, visit?: Visit): Promise<Answer>;
}

/** A visit to the provider. */
export interface Visit {
  /** The user's decision; by default, "approve". */
  decision?: "approve" | "refuse";
  /** The user; by default, the fake's own. */
  user?: Readonly<SyncAuthUserV1>;
}

/** Starts the app and its server. */
export async function startHarness(
  options: HarnessOptions = {},
): Promise<Harness> {
  const { bindings = {}, folder } = options;
  const fake = new FakeImmich({ provider: "page", ...options.fake });
  const users = new Map<string, string>();
  const server = listen(answer);
  const address = server.baseUrl;
  const worker = await startWorker({
    bindings: {
      IMMICH_URL: address,
      COOKIE_SECRET: SECRET,
      SYNC_EVERY_MINUTES: "0",
      ...bindings,
    },
    ...(folder === undefined ? {} : { folder }),
  });

  async function answer(request: Request): Promise<Response> {
    const { method, url, headers } = request;
    const { pathname } = new URL(url);
    const [, id] = THUMBNAIL.exec(pathname) ?? [];
    if (id !== undefined) {
      it.thumbnails.push(decodeURIComponent(id));
      // The fake checks the session.
      const me = new Request(new URL("/api/users/me", url), { headers });
      const answer = await fake.handler(me);
      return answer.ok ? await it.thumbnail(request) : answer;
    }
    const body = method === "POST" ? await request.text() : undefined;
    const whole = body === undefined
      ? request
      : new Request(url, { method, headers, body });
    const answer = await fake.handler(whole);
    if (!answer.ok) return answer;
    if (pathname === "/api/oauth/callback") {
      return finish(JSON.parse(body ?? ""), await answer.json());
    }
    if (pathname === "/api/sessions" && method === "POST") {
      it.tokens.push((await answer.clone().json()).token);
    }
    return answer;
  }

  /**
   * Finishes a sign-in as the user with this code; the fake's provider has only one
   * user.
   */
  function finish(
    { url }: { url: string },
    login: { accessToken: string; userId: string },
  ): Response {
    const { searchParams } = new URL(url);
    const userId = users.get(searchParams.get("code") ?? "");
    let session = { ...login };
    if (userId !== undefined) {
      fake.endSession({ baseUrl: address, ...login });
      const { accessToken } = fake.createSession(userId);
      session = { ...login, accessToken, userId };
    }
    it.tokens.push(session.accessToken);
    return Response.json(session, { status: 201 });
  }

  const it: Harness = {
    fake,
    server: address,
    worker,
    tokens: [],
    thumbnails: [],
    thumbnail: options.thumbnail ?? toPixel,
    open: (origin = worker.url) =>
      new Browser(origin, (url, request) => {
        if (origin !== worker.url) return worker.fetch(url, request);
        return fetch(url, { ...request, redirect: "manual" });
      }),
    async visitProvider(url, { decision = "approve", user = fake.user } = {}) {
      const page = new URL(url);
      page.searchParams.set("decision", decision);
      const answer = await fetch(page, { redirect: "manual" });
      await answer.body?.cancel();
      const back = answer.headers.get("location") ?? "";
      const code = new URL(back).searchParams.get("code");
      if (code !== null && user.id !== fake.user.id) users.set(code, user.id);
      return back;
    },
    async signIn(browser, visit) {
      const url = await beginSignIn(browser);
      return await browser.get(await it.visitProvider(url, visit));
    },
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
  return it;
}

/** Starts a harness for all tests in a file. */
export async function sharedHarness(
  options?: HarnessOptions,
): Promise<Harness> {
  const it = await startHarness(options);
  Deno.test.afterAll(async () => await it[Symbol.asyncDispose]());
  return it;
}

/** Starts a sign-in, and returns the address of the provider's page. */
export async function beginSignIn(browser: Browser): Promise<string> {
  const { status, headers, text } = await browser.get("/login");
  const url = headers.get("location");
  if (url !== null) return url;
  throw new Error(`Cannot sign in: /login answered ${status} ${text}`);
}

/** Clicks on "Sync now", waits for the end of the run, and returns the page. */
export async function syncNow(browser: Browser): Promise<Answer> {
  await browser.post("/sync");
  await browser.get("/events");
  return await browser.get("/");
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

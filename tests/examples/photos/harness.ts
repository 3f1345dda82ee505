/** The worker in workerd, and a fake Immich on a socket that it signs in at. */
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

/** What the cookies are sealed with, if a test does not say. */
export const SECRET = "a secret of 32 characters or more";

/** A picture of one pixel. */
const PIXEL = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=",
);

/** Far longer than a test takes, on any machine. */
const MAX_TEST_MS = 600_000;

const THUMBNAIL = /^\/api\/assets\/([^/]+)\/thumbnail$/;

/** How a harness is set up. */
export interface HarnessOptions {
  /** Options of the fake; its provider leaves it to the user. */
  fake?: FakeImmichOptions;
  /** Bindings of the worker, beside those that it needs. */
  bindings?: Record<string, string>;
  /** Folder for what the copies hold; they are gone with the worker if there is none. */
  folder?: string;
  /** Responds to a request for a thumbnail by a user who is signed in. */
  thumbnail?: (request: Request) => Response | Promise<Response>;
}

/** A worker and its server. */
export interface Harness extends AsyncDisposable {
  fake: FakeImmich;
  /** Where the fake is. */
  server: string;
  worker: Worker;
  /** Every access token that the fake has handed out. */
  tokens: string[];
  /** Ids of the pictures that the fake was asked for. */
  thumbnails: string[];
  /** Responds to requests for thumbnails; may be changed. */
  thumbnail: (request: Request) => Response | Promise<Response>;
  /** Opens a browser that has no cookies yet; at another origin if it is told so. */
  open(origin?: string): Browser;
  /** Lets the user decide at the provider's page; gives the callback URL. */
  visitProvider(url: string, visit?: Visit): Promise<string>;
  /** Signs a browser in; gives the answer to the callback. */
  signIn(browser: Browser, visit?: Visit): Promise<Answer>;
}

/** What a user does at the provider. */
export interface Visit {
  /** What the user decides; "approve" if it is not said. */
  decision?: "approve" | "refuse";
  /** Who the user is; the fake's own if it is not said. */
  user?: Readonly<SyncAuthUserV1>;
}

/** Starts a worker and the server that it is for. */
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

  /** Ends a sign-in as the user who came with the code: the fake's provider knows one alone. */
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

/** The same, for all tests of a file. */
export async function sharedHarness(
  options?: HarnessOptions,
): Promise<Harness> {
  const it = await startHarness(options);
  Deno.test.afterAll(async () => await it[Symbol.asyncDispose]());
  return it;
}

/** Goes to the sign-in; gives the address of the provider's page. */
export async function beginSignIn(browser: Browser): Promise<string> {
  const { status, headers, text } = await browser.get("/login");
  const url = headers.get("location");
  if (url !== null) return url;
  throw new Error(`Cannot sign in: /login answered ${status} ${text}`);
}

/** Clicks on "Sync now", and waits for the end of the run; gives the page after it. */
export async function syncNow(browser: Browser): Promise<Answer> {
  await browser.post("/sync");
  await browser.get("/events");
  return await browser.get("/");
}

function toPixel(): Response {
  return new Response(PIXEL, { headers: { "content-type": "image/png" } });
}

/** Registers a test in which workerd runs. */
export function workerTest(
  name: string,
  run: () => void | Promise<void>,
): void {
  // One that hangs must not keep the others from being reported.
  const hangs = new Error("The test did not come to its end");
  const fn = () => inTime(Promise.resolve(run()), MAX_TEST_MS, hangs);
  // Miniflare leaves a message port and a removal behind (4.20260730.0, 2026-11).
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

/**
 * A worker that signs in with Immich, copies the names and dates of your photos, and
 * lists the latest ones.
 *
 * @module
 */
import * as immich from "@immich-edge/sync";
import * as seal from "@immich-edge/sync/seal";
import { DurableObject } from "cloudflare:workers";
import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { csrf } from "hono/csrf";
import { secureHeaders } from "hono/secure-headers";

interface Env {
  IMMICH_URL: string;
  COOKIE_SECRET: string;
  LIBRARIES: DurableObjectNamespace<Library>;
}
type App = { Bindings: Env };
type Photo = { name: string; day: string | null };

const HOUR_MS = 3_600_000;
/** Only this host can set these cookies, and scripts cannot read them. */
const COOKIE = { prefix: "host", httpOnly: true, sameSite: "Lax" } as const;

const app: Hono<App> = new Hono();
app.use(secureHeaders(), csrf());
export default app;

app.get("/", async (c) => {
  const library = await findLibrary(c);
  if (!library) return c.html(<a href="/login">Sign in with Immich</a>);
  const { status, photos } = await library.view();
  c.header("Cache-Control", "no-store");
  return c.html(
    <form method="post">
      <p>{status}</p>
      <button type="submit" formaction="/sync">Sync now</button>
      <button type="submit" formaction="/logout">Sign out</button>
      <a href="/login">Sign in again</a>
      <ul>{photos.map(({ day, name }) => <li key={name}>{day} {name}</li>)}</ul>
    </form>,
  );
});

app.get("/login", async (c) => {
  const redirectUri = new URL("/callback", c.req.url);
  const baseUrl = c.env.IMMICH_URL;
  const { url, context } = await immich.authorize(redirectUri, { baseUrl });
  const sealed = await seal.sealContext(context, c.env.COOKIE_SECRET);
  setCookie(c, "context", sealed, { ...COOKIE, maxAge: 10 * 60 });
  return c.redirect(url);
});

app.get("/callback", async (c) => {
  const cookie = getCookie(c, "context", "host");
  const context = await seal.openContext(cookie, c.env.COOKIE_SECRET);
  if (!context) return c.redirect("/");
  // Throws if the link is from a sign-in that was started in another browser.
  const session = await immich.callback(c.req.url, context);
  await c.env.LIBRARIES.getByName(session.userId!).signIn(session);
  const sealed = await seal.sealSession(session, c.env.COOKIE_SECRET);
  setCookie(c, "session", sealed, { ...COOKIE, maxAge: 30 * 24 * 60 * 60 });
  deleteCookie(c, "context", COOKIE);
  return c.redirect("/");
});

app.post("/sync", async (c) => {
  const library = await findLibrary(c);
  await library?.sync();
  return c.redirect("/", 303);
});

app.post("/logout", async (c) => {
  const library = await findLibrary(c);
  deleteCookie(c, "session", COOKIE);
  if (!library || await library.signOut()) return c.redirect("/", 303);
  return c.text("Signed out here. End the session in Immich, too.", 502);
});

app.onError((error, c) => {
  if ("getResponse" in error) return error.getResponse(); // Thrown by csrf().
  console.error(error);
  if (error instanceof immich.OAuthError) return c.text(error.message, 400);
  return c.text("Cannot reach Immich, or something else went wrong.", 500);
});

/** Returns the Durable Object of the user who is signed in. */
async function findLibrary(c: Context<App>) {
  const cookie = getCookie(c, "session", "host");
  const session = await seal.openSession(cookie, c.env.COOKIE_SECRET);
  if (!session) return undefined;
  const library = c.env.LIBRARIES.getByName(session.userId!);
  return await library.isSignedIn(session) ? library : undefined;
}

/** The photos of one user, who is signed in with one browser at a time. */
export class Library extends DurableObject<Env> {
  #kv = this.ctx.storage.kv;
  #sql = this.ctx.storage.sql;
  /** Aborted when the user signs out. */
  #stop = new AbortController();

  async signIn(session: immich.Session): Promise<void> {
    await this.signOut(); // In the previous browser.
    const sql = "CREATE TABLE photos (id PRIMARY KEY, name, date, is_shown)";
    this.#sql.exec(sql);
    this.#kv.put("login", session);
    // A separate session, because a session receives each change only once.
    this.#kv.put("child", await immich.createChildSession(session));
    await this.sync();
  }

  /** Deletes everything. Returns whether the session has ended on the server. */
  async signOut(): Promise<boolean> {
    const login = this.#kv.get<immich.Session>("login");
    this.#stop.abort();
    this.#stop = new AbortController();
    await this.ctx.storage.deleteAll();
    if (!login) return true;
    return await immich.logout(login).then( // This also ends the child session.
      () => true,
      (error) => error instanceof immich.AuthenticationError,
    );
  }

  /** Returns `false` after a sign-out, even for a copy of the cookie. */
  isSignedIn({ accessToken }: immich.Session): boolean {
    return this.#kv.get<immich.Session>("login")?.accessToken === accessToken;
  }

  view(): { status: string; photos: Photo[] } {
    const sql = `SELECT name, substr(date, 1, 10) AS day FROM photos
      WHERE is_shown ORDER BY date DESC LIMIT 50`;
    const photos = this.#sql.exec<Photo>(sql).toArray();
    return { status: this.#kv.get("status") ?? "", photos };
  }

  /** Schedules the next sync. */
  async sync(status = "Syncing…", delayMs = 0): Promise<void> {
    this.#kv.put("status", status);
    await this.ctx.storage.setAlarm(Date.now() + delayMs);
  }

  /** Syncs within the limits of one invocation. The next alarm continues the sync. */
  async alarm(): Promise<void> {
    const { signal } = this.#stop;
    let isComplete = false;
    try {
      const child = this.#kv.get<immich.Session>("child")!;
      const batches = immich.syncBatches(child, ["AssetsV2"], {
        budget: { requests: 40, durationMs: 60_000 },
        onProgress: ({ state }) => isComplete = state === "complete",
        signal,
      });
      for await (const batch of batches) {
        this.ctx.storage.transactionSync(() => this.#store(batch));
        await batch.ack();
      }
      if (!isComplete) return await this.sync();
      await this.sync(`Up to date: ${new Date().toUTCString()}`, HOUR_MS);
    } catch (error) {
      if (signal.aborted) return; // The user has signed out.
      console.error(error);
      const hasEnded = error instanceof immich.AuthenticationError;
      if (!hasEnded) return await this.sync("The last sync failed.", HOUR_MS);
      this.#kv.put("status", "Your session has ended. Sign in again.");
    }
  }

  #store({ type, events }: immich.AckableBatch<"AssetsV2">): void {
    if (type === "SyncResetV1") {
      this.#sql.exec("DELETE FROM photos"); // Everything is sent again.
    } else if (type === "AssetDeleteV1") {
      for (const { data } of events) {
        this.#sql.exec("DELETE FROM photos WHERE id = ?", data.assetId);
      }
    } else if (type === "AssetV2" || type === "AssetV1") { // Immich 3.x or 2.x
      for (const { data } of events) {
        const { id, originalFileName: name, localDateTime: date } = data;
        const isShown = data.visibility === "timeline" && !data.deletedAt;
        const sql = "REPLACE INTO photos VALUES (?, ?, ?, ?)";
        this.#sql.exec(sql, id, name, date, +isShown);
      }
    }
  }
}

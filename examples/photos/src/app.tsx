/**
 * A photo library at the edge: signs in with Immich, keeps a copy of the library's
 * metadata up to date, and shows the copy. This file contains the routes.
 *
 * @module
 */
import {
  authorize,
  callback,
  currentUser,
  OAuthError,
} from "@immich-edge/sync";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import {
  deleteLogin,
  deleteSignIn,
  getLogin,
  getSignIn,
  setLogin,
  setSignIn,
  toSignInId,
} from "./cookies.ts";
import type { AppEnv } from "./env.ts";
import { limitVisitor, rejectForeign, rejectInvalidEnv } from "./guards.ts";
import type { LibraryView } from "./library.ts";
import { describe, toMessage } from "./messages.ts";
import { AlbumPage, Home, PhotoView, Welcome } from "./pages/library.tsx";
import { Notice, respond } from "./pages/layout.tsx";
import type { PhotoQuery } from "./photos.ts";
import { SignIns } from "./sign_ins.ts";
import { thumbnails } from "./thumbnails.ts";

export { SignIns };
export { Library } from "./library.ts";

type Ctx = Context<AppEnv>;

const app: Hono<AppEnv> = new Hono();
export default app;

app.use(secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", "data:"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: "DENY",
}));
app.use(rejectInvalidEnv, rejectForeign, limitVisitor);

app.get("/", async (c) => {
  const view = await readView(c, {});
  if (view !== undefined) {
    return await respond(c, "Photos", <Home view={view} />);
  }
  const notice = await getLogin(c)
    ? toMessage("authentication")
    : c.req.query("session") === "open" && toMessage("session_open");
  const { host } = new URL(c.env.IMMICH_URL);
  const body = <Welcome host={host} notice={notice || undefined} />;
  return await respond(c, "Sign in", body);
});

app.get("/albums/:id", async (c) => {
  const view = await readView(c, { albumId: c.req.param("id") });
  if (view === undefined) return c.redirect("/");
  const [album] = view.albums;
  if (album === undefined) return await c.notFound();
  return await respond(c, album.name, <AlbumPage view={view} album={album} />);
});

app.get("/photos/:id", async (c) => {
  const { library, ticket } = await getLogin(c) ?? {};
  const albumId = c.req.query("album");
  const details = await library?.photo(ticket!, c.req.param("id"), albumId);
  if (details === undefined) {
    const isSignedIn = await library?.isSignedIn(ticket!);
    return isSignedIn ? await c.notFound() : c.redirect("/");
  }
  const body = <PhotoView details={details} albumId={albumId} />;
  return await respond(c, details.photo.name || "Photo", body);
});

app.get("/login", async (c) => {
  const login = await getLogin(c);
  if (await login?.library.isSignedIn(login.ticket)) return c.redirect("/");
  if (!await signIns(c).begin()) return await tooMany(c, "/login");
  const redirectUri = new URL("/callback", c.req.url);
  const { url, context } = await authorize(redirectUri, {
    baseUrl: c.env.IMMICH_URL,
  }).catch(rejectAddress);
  await setSignIn(c, context);
  return c.redirect(url);
});

app.get("/callback", async (c) => {
  // The state is checked first: anyone can send a user here with any parameters.
  const id = await toSignInId(c.req.query("state") ?? "");
  const context = await getSignIn(c, id);
  const verdict = context && await signIns(c).finish(id);
  if (verdict === "too many") return await tooMany(c, "/login");
  if (context === undefined || verdict === "used") {
    const problem = "the sign-in was not started in this browser, or has ended";
    throw new OAuthError(`Cannot sign in: ${problem}`, {
      code: "oauth_context",
    });
  }
  deleteSignIn(c, id);
  const session = await callback(c.req.url, context);
  const libraryId = c.env.LIBRARIES.idFromName(
    `${session.baseUrl} ${session.userId}`,
  );
  const library = c.env.LIBRARIES.get(libraryId);
  try {
    const { id, name, email } = await currentUser(session);
    const ticket = await library.signIn({ id, name, email }, session);
    await setLogin(c, libraryId.toString(), ticket);
  } catch (error) {
    await library.revoke(session);
    throw error;
  }
  return c.redirect("/");
});

app.post("/logout", async (c) => {
  const login = await getLogin(c);
  const hasEnded = await login?.library.signOut(login.ticket) ?? true;
  deleteLogin(c);
  c.header("Clear-Site-Data", '"cache"');
  return c.redirect(hasEnded ? "/" : "/?session=open", 303);
});

app.post("/sync", async (c) => {
  const login = await getLogin(c);
  const isAllowed = await login?.library.sync(login.ticket) ?? true;
  return isAllowed ? c.redirect("/", 303) : await tooMany(c, "/");
});

app.get("/events", async (c) => {
  const login = await getLogin(c);
  if (login === undefined) return c.text("Not signed in\n", 401);
  const events = await login.library.events(login.ticket);
  if (events === "too many") return c.text("Too many event streams\n", 429);
  // With an error status, the page would not reload at once.
  const body = events === "signed out" ? "event: over\ndata:\n\n" : events;
  return c.body(body, 200, {
    "cache-control": "no-store",
    "content-type": "text/event-stream",
  });
});

app.route("/thumbnails", thumbnails);

app.notFound((c) => {
  const title = "Not found";
  const advice = "This page does not exist, or the photo or album was deleted.";
  const body = (
    <Notice title={title} advice={advice} href="/" action="All photos" />
  );
  return respond(c, title, body, 404);
});

app.onError((error, c) => {
  if (error instanceof HTTPException) return error.getResponse();
  const { status, ...message } = describe(error);
  if (status === 500) console.error(error);
  const { pathname } = new URL(c.req.url);
  const link = pathname === "/callback" || pathname === "/login"
    ? { href: "/login", action: "Sign in with Immich" }
    : { href: "/", action: "All photos" };
  return respond(c, message.title, <Notice {...message} {...link} />, status);
});

/** Reports an address that the sync library rejects, such as a public http address. */
function rejectAddress(error: unknown): never {
  if (!(error instanceof TypeError)) throw error;
  const message = "Cannot start. The variable IMMICH_URL cannot be used. " +
    `${error.message}\n`;
  throw new HTTPException(500, { message, cause: error });
}

async function tooMany(c: Ctx, href: string): Promise<Response> {
  const message = toMessage("too_many");
  c.header("Retry-After", "60");
  const body = <Notice {...message} href={href} action="Try again" />;
  return await respond(c, message.title, body, 429);
}

/** Reads what a page shows, if the browser is signed in. */
async function readView(
  c: Ctx,
  query: PhotoQuery,
): Promise<LibraryView | undefined> {
  const login = await getLogin(c);
  const before = c.req.query("before");
  const position = before ? { before } : {};
  return await login?.library.view(login.ticket, { ...query, ...position });
}

/** Returns the object that counts sign-ins. */
function signIns({ env: { SIGN_INS } }: Ctx): SignIns {
  return SIGN_INS.get(SIGN_INS.idFromName("all"));
}

/**
 * The worker's pages: who is asked for what, and who may.
 *
 * @module
 */
import {
  authorize,
  callback,
  currentUser,
  type OAuthContext,
} from "@immich-edge/sync";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { streamSSE } from "hono/streaming";
import {
  deleteLogin,
  getLogin,
  type Login,
  setLogin,
  setSignIn,
  takeSignIn,
} from "./cookies.ts";
import { type AppEnv, findFault, toLibrary } from "./env.ts";
import type { LibraryView } from "./library.ts";
import { describe } from "./messages.ts";
import { AlbumPage, Home, PhotoView } from "./pages/library.tsx";
import { Notice, respond } from "./pages/layout.tsx";
import { Progress } from "./pages/status.tsx";
import { Welcome } from "./pages/welcome.tsx";
import type { PhotoQuery } from "./photos.ts";
import { thumbnails } from "./thumbnails.ts";

type Ctx = Context<AppEnv>;

const app: Hono<AppEnv> = new Hono();
export default app;

/** Without its secrets, a worker does nothing but say so. */
const refuseFaultyEnv: MiddlewareHandler<AppEnv> = async (c, next) => {
  const fault = findFault(c.env);
  if (fault === undefined) return await next();
  return c.text(`Cannot start. ${fault}\n`, 500);
};

/** `csrf` looks at what a form can send; nothing else may be sent. */
const refuseAllButForms: MiddlewareHandler = async (c, next) => {
  const type = c.req.header("content-type") ?? "text/plain";
  const isForm =
    /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i
      .test(type);
  if (c.req.method === "GET" || isForm) return await next();
  return c.text("Only form submissions are accepted\n", 415);
};

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
app.use(refuseFaultyEnv, csrf(), refuseAllButForms);

app.get("/", async (c) => {
  const login = await getLogin(c);
  const view = await look(c, login, toQuery(c));
  if (view !== undefined) {
    return await respond(c, "Photos", <Home view={view} />);
  }
  const { host } = new URL(c.env.IMMICH_URL);
  const hasEnded = login !== undefined;
  return await respond(
    c,
    "Sign in",
    <Welcome host={host} hasEnded={hasEnded} />,
  );
});

app.get("/albums/:id", async (c) => {
  const query = { ...toQuery(c), albumId: c.req.param("id") };
  const view = await look(c, await getLogin(c), query);
  if (view === undefined) return c.redirect("/");
  if (view.album === undefined) return await c.notFound();
  return await respond(c, view.album.name, <AlbumPage view={view} />);
});

app.get("/photos/:id", async (c) => {
  const login = await getLogin(c);
  if (login === undefined) return c.redirect("/");
  const albumId = c.req.query("album");
  const library = toLibrary(c.env, login);
  const id = c.req.param("id");
  const details = await library.photo(login.ticket, id, albumId);
  if (details === undefined) {
    // Whose login is over is told so there, and not that the picture is gone.
    const isOver = !await library.knows(login.ticket);
    return isOver ? c.redirect("/") : await c.notFound();
  }
  const body = <PhotoView details={details} albumId={albumId} />;
  return await respond(c, details.photo.name, body);
});

app.get("/login", async (c) => {
  const login = await getLogin(c);
  if (login && await toLibrary(c.env, login).knows(login.ticket)) {
    return c.redirect("/");
  }
  const redirectUri = new URL("/callback", c.req.url);
  const { url, context } = await authorize(redirectUri, {
    baseUrl: c.env.IMMICH_URL,
  }).catch(refuseAddress);
  await setSignIn(c, context);
  return c.redirect(url);
});

app.get("/callback", async (c) => {
  // Without a context, the library says what is wrong.
  const context = await takeSignIn(c) as OAuthContext;
  const session = await callback(c.req.url, context);
  const { id, name, email } = await currentUser(session);
  const libraryId = c.env.LIBRARIES.idFromName(`${session.baseUrl} ${id}`);
  const library = c.env.LIBRARIES.get(libraryId);
  const ticket = await library.signIn({ id, name, email }, session);
  await setLogin(c, { libraryId: libraryId.toString(), ticket });
  return c.redirect("/");
});

app.post("/logout", async (c) => {
  const login = await getLogin(c);
  if (login !== undefined) await toLibrary(c.env, login).signOut(login.ticket);
  deleteLogin(c);
  c.header("Clear-Site-Data", '"cache"');
  return c.redirect("/", 303);
});

app.post("/sync", async (c) => {
  const login = await getLogin(c);
  if (login !== undefined) await toLibrary(c.env, login).sync(login.ticket);
  return c.redirect("/", 303);
});

app.get("/events", async (c) => {
  const login = await getLogin(c);
  if (login === undefined) return c.text("Not signed in\n", 401);
  return streamSSE(c, async (stream) => {
    await toLibrary(c.env, login).watch(login.ticket, async (copy) => {
      const data = (<Progress copy={copy} />).toString();
      const event = copy.phase === "running" ? "progress" : "over";
      await stream.writeSSE({ event, data });
      return !stream.aborted;
    });
    // Whoever comes back finds no run, and is told so once.
    await stream.writeSSE({ event: "over", data: "" });
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
  const way = pathname === "/callback" || pathname === "/login"
    ? { href: "/login", action: "Sign in with Immich" }
    : { href: "/", action: "All photos" };
  return respond(c, message.title, <Notice {...message} {...way} />, status);
});

/** An address that the library would not send a token to, as by plain http through the internet. */
function refuseAddress(error: unknown): never {
  if (!(error instanceof TypeError)) throw error;
  const message = "Cannot start. The variable IMMICH_URL cannot be used. " +
    `${error.message}\n`;
  throw new HTTPException(500, { message, cause: error });
}

async function look(
  c: Ctx,
  login: Login | undefined,
  query: PhotoQuery,
): Promise<LibraryView | undefined> {
  if (login === undefined) return undefined;
  return await toLibrary(c.env, login).view(login.ticket, query);
}

function toQuery(c: Ctx): PhotoQuery {
  const before = c.req.query("before");
  return before ? { before } : {};
}

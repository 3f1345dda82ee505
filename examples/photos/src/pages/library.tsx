/**
 * The app's pages.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { LibraryView, Owner } from "../library.ts";
import { toPosition } from "../photo_source.ts";
import type { Message } from "../messages.ts";
import type { Album, PhotoDetails } from "../photos.ts";
import { Brand } from "./layout.tsx";
import { Albums, Picture, Timeline, toCount, toDay, Years } from "./photos.tsx";
import { Status } from "./status.tsx";

/** The first page: the status, the albums, and the photos by month. */
export function Home({ view }: { view: LibraryView }): JSX.Element {
  const { owner, copy, mayStart, albums, page } = view;
  return (
    <Frame owner={owner}>
      <h1 class="unseen">Photos</h1>
      <Status copy={copy} mayStart={mayStart} />
      <Albums albums={albums} />
      <Years years={copy.years} />
      <Timeline page={page} />
    </Frame>
  );
}

/** The page of an album. */
export function AlbumPage(
  { view: { owner, page }, album }: { view: LibraryView; album: Album },
): JSX.Element {
  const { id, name, description } = album;
  return (
    <Frame owner={owner}>
      <p>
        <a href="/">← All photos</a>
      </p>
      <h1>{name}</h1>
      <p class="fine">{toCount(album)}</p>
      {description && <p>{description}</p>}
      <Timeline page={page} albumId={id} />
    </Frame>
  );
}

/** The page of a photo, with links to its neighbors. */
export function PhotoView(
  { details, albumId }: {
    details: PhotoDetails & { owner: Owner };
    albumId: string | undefined;
  },
): JSX.Element {
  const { owner, photo, description, camera, newer, older } = details;
  const of = albumId === undefined ? "" : `?album=${albumId}`;
  const back = albumId === undefined
    ? `/?before=${
      encodeURIComponent(toPosition({ time: photo.takenAt, id: "z" }))
    }#timeline`
    : `/albums/${albumId}`;
  return (
    <Frame owner={owner}>
      <nav class="neighbours" aria-label="Photos">
        <a href={back}>Back</a>
        {newer && <a rel="prev" href={`/photos/${newer}${of}`}>← Newer</a>}
        {older && <a rel="next" href={`/photos/${older}${of}`}>Older →</a>}
      </nav>
      <figure>
        <Picture photo={photo} size="preview" />
        <figcaption>
          <h1>{toDay(photo)}</h1>
          {photo.place && <p>{photo.place}</p>}
          {description && <p>{description}</p>}
          <p class="fine">{[photo.name, ...camera].join(" · ")}</p>
        </figcaption>
      </figure>
    </Frame>
  );
}

function Frame(
  { owner, children }: { owner: Owner; children?: Child },
): JSX.Element {
  return (
    <>
      <a class="skip" href="#main">Skip to the photos</a>
      <header>
        <Brand />
        <div class="owner">
          <span>
            <b>{owner.name}</b> <span class="fine">{owner.email}</span>
          </span>
          <form method="post" action="/logout">
            <button type="submit" class="button quiet" id="sign-out">
              Sign out
            </button>
          </form>
        </div>
      </header>
      <main id="main">{children}</main>
      <p class="unseen" role="status" id="announcement"></p>
    </>
  );
}

/** The page for visitors who are not signed in. */
export function Welcome(
  { host, notice }: { host: string; notice: Message | undefined },
): JSX.Element {
  return (
    <main class="welcome">
      <Brand />
      <h1>Your photo library, at the edge</h1>
      {notice
        ? (
          <div class="alert" role="alert">
            <strong>{notice.title}.</strong> {notice.advice}
          </div>
        )
        : (
          <p>
            This app keeps a copy of what your Immich server knows about your
            photos, and updates it automatically. The photos themselves stay on
            your server.
          </p>
        )}
      <p>
        <a class="button" href="/login" id="sign-in">Sign in with Immich</a>
      </p>
      <p class="fine">
        Server:{" "}
        <b>{host}</b>. Your access token is stored only in this app and never
        reaches your browser.
      </p>
    </main>
  );
}

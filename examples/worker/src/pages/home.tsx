/**
 * The pages for those who are signed in.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { LibraryView, Owner } from "../library.ts";
import { Brand } from "./layout.tsx";
import { Albums, Timeline, toCount, Years } from "./photos.tsx";
import { Status } from "./status.tsx";

/** The copy, its albums, and its pictures by month. */
export function Home({ view }: { view: LibraryView }): JSX.Element {
  const { owner, copy, albums, page } = view;
  return (
    <Frame owner={owner}>
      <Status copy={copy} />
      <Albums albums={albums} />
      <h2 class="unseen" id="photos-title">Photos</h2>
      <Years years={copy.years} />
      <Timeline page={page} path="/" />
    </Frame>
  );
}

/** One album. */
export function AlbumPage({ view }: { view: LibraryView }): JSX.Element {
  const { owner, album, page } = view;
  const { id, name, description, count } = album!;
  return (
    <Frame owner={owner}>
      <p>
        <a href="/">← All photos</a>
      </p>
      <h1>{name}</h1>
      <p class="fine">{toCount(count)}</p>
      {description && <p>{description}</p>}
      <Timeline page={page} path={`/albums/${id}`} />
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

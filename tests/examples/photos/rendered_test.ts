/** What pages show about a copy, a photo, an album and a failure, as HTML. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Copy, EMPTY_COPY } from "../../../examples/photos/src/copy.ts";
import { Notice } from "../../../examples/photos/src/pages/layout.tsx";
import {
  AlbumPage,
  PhotoView,
} from "../../../examples/photos/src/pages/library.tsx";
import {
  Albums,
  Timeline,
} from "../../../examples/photos/src/pages/photos.tsx";
import {
  Status,
  toStreamEvent,
} from "../../../examples/photos/src/pages/status.tsx";
import type { Photo } from "../../../examples/photos/src/photos.ts";
import { test } from "../../support/test.ts";

const owner = { id: "1", name: "Ann", email: "ann@immich.test" };

const PHOTO: Photo = {
  id: "7",
  name: "beach.jpg",
  takenAt: "2026-06-01T12:00:00.000Z",
  place: "",
  isVideo: false,
  isFavorite: false,
  width: 4,
  height: 3,
  placeholder: "data:,",
  version: "1",
};

/** Renders the status of a copy. */
function status(copy: Partial<Copy>, mayStart = true): string {
  return Status({ copy: { ...EMPTY_COPY, ...copy }, mayStart }).toString();
}

/** Returns the paragraphs of a page. */
function paragraphs(page: string): string[] {
  return Array.from(page.matchAll(/<p[ >].*?<\/p>/gs), ([text]) => text);
}

test("the status shows when the copy was up to date, to the minute in UTC", () => {
  const syncedAt = Date.UTC(2026, 0, 2, 3, 4, 56, 789);
  const run = { startedAt: syncedAt - 2_460, events: 1234, windows: 1 };
  const time =
    '<time datetime="2026-01-02T03:04:56.789Z">2026-01-02 03:04 UTC</time>';
  const idle = status({ phase: "idle", run, syncedAt });
  assertStringIncludes(idle, `<p>Up to date as of ${time} <span`);
  assertStringIncludes(idle, ">Last sync: 1,234 rows in 2.5 s</span>");
  const brief = { ...run, startedAt: syncedAt };
  assertStringIncludes(status({ run: brief, syncedAt }), "rows in 0.1 s");
  for (const phase of ["waiting", "ended"] as const) {
    const page = status({ phase, run, syncedAt });
    assertStringIncludes(page, `<p>Up to date as of ${time} </p>`);
  }
  assertStringIncludes(status({}), "<p>Nothing copied yet.");
});

test("the status of a running sync shows how many rows are stored", () => {
  const running = (events: number) =>
    status({ phase: "running", run: { startedAt: 0, events, windows: 1 } });
  assertStringIncludes(running(0), '<b class="number">0</b> rows so far');
  assertStringIncludes(running(1), '<b class="number">1</b> row so far');
  assertStringIncludes(running(2345), '<b class="number">2,345</b> rows');
  assertStringIncludes(running(1), 'data-running="true"');
  assert(!status({}).includes("data-running"));
  const run = { startedAt: 0, events: 7, windows: 1 };
  const sent = toStreamEvent({ ...EMPTY_COPY, phase: "running", run });
  assertEquals(sent.event, "progress");
  assertStringIncludes(sent.data, '<b class="number">7</b> rows');
  assertEquals(toStreamEvent(EMPTY_COPY).event, "over");
});

test("the status shows its button, the failure and what the copy contains", () => {
  assertStringIncludes(status({}), 'class="button">Sync now</button>');
  assertStringIncludes(
    status({}, false),
    'class="button" disabled="">Sync now</button>',
  );
  const failure = {
    code: "http" as const,
    attempts: 1,
    retryAt: Date.UTC(2026, 0, 2, 3, 4),
    blockedUntil: 0,
  };
  const failed = status({ phase: "waiting", failure });
  assertStringIncludes(failed, "Your photo server reported an error.</strong>");
  assertStringIncludes(failed, ">2026-01-02 03:04 UTC</time>.</p></div>");
  const detailed = { ...failure, detail: "The reason" };
  assertStringIncludes(
    status({ phase: "waiting", failure: detailed }),
    '<p class="detail">The reason</p>',
  );
  const run = { startedAt: 0, events: 1, windows: 1 };
  for (const copy of [{}, { phase: "running" as const, run, failure }]) {
    assert(!status(copy).includes("alert"));
  }
  const contents = { Photos: 1234, Albums: 0, People: 1 };
  assertStringIncludes(
    status({ contents }),
    '<p class="fine">Photos: 1,234 · People: 1</p>',
  );
  assert(!status({ contents: { Albums: 0 } }).includes('class="fine"'));
});

test("a photo's page shows only what is known about the photo", () => {
  const details = { owner, photo: PHOTO, description: "", camera: [] };
  const bare = PhotoView({ details, albumId: undefined }).toString();
  assertEquals(paragraphs(bare), [
    '<p class="fine">beach.jpg</p>',
    '<p class="unseen" role="status" id="announcement"></p>',
  ]);
  assert(!/rel="(?:prev|next)"|badge/.test(bare), bare);
  // All photos with the same time follow, regardless of their ids.
  const back = "/?before=2026-06-01T12%3A00%3A00.000Z~z#timeline";
  assertStringIncludes(bare, `<a href="${back}">Back</a>`);
  const page = PhotoView({
    details: {
      owner,
      photo: {
        ...PHOTO,
        place: "Rome, Italy",
        isVideo: true,
        isFavorite: true,
      },
      description: "The beach",
      camera: ["Canon EOS", "f/2.8"],
      newer: "8",
      older: "6",
    },
    albumId: "9",
  }).toString();
  assertEquals(paragraphs(page).slice(0, 3), [
    "<p>Rome, Italy</p>",
    "<p>The beach</p>",
    '<p class="fine">beach.jpg · Canon EOS · f/2.8</p>',
  ]);
  assertStringIncludes(page, '<a href="/albums/9">Back</a>');
  assertStringIncludes(page, '<a rel="prev" href="/photos/8?album=9">');
  assertStringIncludes(page, '<a rel="next" href="/photos/6?album=9">');
  assertStringIncludes(page, 'aria-hidden="true">▶</span>');
  assertStringIncludes(page, 'aria-hidden="true">♥</span>');
  assertStringIncludes(
    page,
    'alt="Video of 1 June 2026, Rome, Italy, beach.jpg, favorite"',
  );
});

test("an album is shown with its description and cover, if it has any", () => {
  const view = {
    ...{ owner, copy: EMPTY_COPY, mayStart: true, albums: [] },
    page: { photos: [] },
  };
  const album = {
    ...{ id: "9", name: "Summer", description: "", photos: 1, videos: 0 },
    cover: undefined,
  };
  const bare = AlbumPage({ view, album }).toString();
  assertEquals(paragraphs(bare).slice(1), [
    '<p class="fine">1 photo</p>',
    '<p class="unseen" role="status" id="announcement"></p>',
  ]);
  const described = { ...album, description: "In Italy" };
  const page = AlbumPage({ view, album: described }).toString();
  assertEquals(paragraphs(page)[2], "<p>In Italy</p>");
  const cover = { ...PHOTO, isVideo: true, isFavorite: true };
  const albums = Albums({ albums: [album, { ...album, cover }] })!.toString();
  const [, first, second] = albums.split('<span class="cover">');
  assert(first!.startsWith("</span>"), first);
  assertStringIncludes(second!, 'src="/thumbnails/7?size=thumbnail&amp;v=1"');
  assert(!second!.includes("badge"), second);
});

test("a page of photos links to the next page, if there is one", () => {
  const next = "2026-06-01T12:00:00.000Z~7";
  const page = { photos: [PHOTO], next };
  const query = `?before=${encodeURIComponent(next)}`;
  assertStringIncludes(Timeline({ page }).toString(), `href="/${query}"`);
  assertStringIncludes(
    Timeline({ page, albumId: "9" }).toString(),
    `href="/albums/9${query}"`,
  );
  const last = Timeline({ page: { photos: [PHOTO] } }).toString();
  assertEquals(paragraphs(last), []);
});

test("a notice shows the details of an error, if there are any", () => {
  const notice = { title: "No", advice: "Wait.", href: "/", action: "Back" };
  const link = '<p><a class="button" href="/">Back</a></p>';
  assertEquals(paragraphs(Notice(notice).toString()), ["<p>Wait.</p>", link]);
  assertEquals(
    paragraphs(Notice({ ...notice, detail: "The reason" }).toString()),
    ["<p>Wait.</p>", '<p class="detail">The reason</p>', link],
  );
});

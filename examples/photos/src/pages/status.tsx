/**
 * The status of the copy.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Copy } from "../copy.ts";
import type { StreamEvent } from "../event_streams.ts";
import { toMessage } from "../messages.ts";

/** What each table contains, in users' words. */
const WORDS: Record<string, string> = {
  assets: "photos and videos",
  exif: "camera details",
  albums: "albums",
  album_assets: "photos in albums",
  album_users: "people in albums",
  people: "people",
  faces: "faces",
  memories: "memories",
  memory_assets: "photos in memories",
  stacks: "stacks",
  partners: "partners",
  users: "users",
  auth_users: "accounts",
  user_metadata: "settings",
  asset_edits: "edits",
  asset_metadata: "app metadata",
  asset_ocr: "text in photos",
};

/**
 * What events contain, in users' words; the first pattern that matches the type
 * applies.
 */
const KINDS: [RegExp, string][] = [
  [/Exif/, "camera details"],
  [/Ocr/, "text in photos"],
  [/AlbumToAsset/, "photos in albums"],
  [/AlbumUser/, "people in albums"],
  [/Asset(?!Face)/, "photos and videos"],
  [/Face/, "faces"],
  [/Person/, "people"],
  [/Album/, "albums"],
  [/Memory/, "memories"],
  [/Stack/, "stacks"],
  [/Partner/, "partners"],
];

/** Formats a number. */
export function toText(number: number): string {
  return number.toLocaleString("en");
}

/** The state of the copy, its contents, and the button that starts a sync. */
export function Status(
  { copy, mayStart }: { copy: Copy; mayStart: boolean },
): JSX.Element {
  const isRunning = copy.phase === "running";
  return (
    <section class="status" id="status" aria-labelledby="status-title">
      <h2 id="status-title">Your copy</h2>
      <Failure copy={copy} />
      <div id="progress" data-running={isRunning ? "true" : undefined}>
        <Progress copy={copy} />
      </div>
      <form method="post" action="/sync">
        <button type="submit" id="sync" class="button" disabled={!mayStart}>
          {isRunning ? "Syncing…" : "Sync now"}
        </button>
      </form>
      <Rows rows={copy.rows} />
    </section>
  );
}

/** The progress of the copy, which changes during a run. */
export function Progress({ copy }: { copy: Copy }): JSX.Element {
  if (copy.phase === "running") {
    const { events = 0, type = "" } = copy.run ?? {};
    const kind = KINDS.find(([pattern]) => pattern.test(type))?.[1];
    return (
      <>
        <p>
          <b class="number">{toText(events)}</b> {events === 1 ? "row" : "rows"}
          {" "}
          so far
          {kind && <>, now {kind}</>}
        </p>
        <progress aria-label="Sync"></progress>
      </>
    );
  }
  if (copy.syncedAt === undefined) {
    return <p>Nothing copied yet. The first sync copies everything.</p>;
  }
  return (
    <p>
      Up to date as of <Time at={copy.syncedAt} />{" "}
      {copy.run?.endedAt !== undefined && <LastRun copy={copy} />}
    </p>
  );
}

/** Returns the event that shows the progress of the copy. */
export function toStreamEvent(copy: Copy): StreamEvent {
  const event = copy.phase === "running" ? "progress" : "over";
  return { event, data: (<Progress copy={copy} />).toString() };
}

function LastRun({ copy: { run } }: { copy: Copy }): JSX.Element {
  const { events, startedAt, endedAt = startedAt, requests } = run!;
  const seconds = Math.max(0.1, (endedAt - startedAt) / 1000).toFixed(1);
  return (
    <span class="fine">
      {`Last sync: ${toText(events)} rows in ${seconds} s, ${
        toText(requests)
      } requests`}
    </span>
  );
}

function Failure({ copy }: { copy: Copy }): JSX.Element | null {
  const { failure, phase } = copy;
  if (failure === undefined || phase === "running") return null;
  const { title, advice } = toMessage(failure.code);
  return (
    <div class="alert" role="alert">
      <p>
        <strong>{title}.</strong> {advice} {failure.retryAt !== undefined && (
          <>
            Next try: <Time at={failure.retryAt} />.
          </>
        )}
      </p>
      {failure.detail && <p class="detail">{failure.detail}</p>}
    </div>
  );
}

function Rows({ rows }: { rows: Copy["rows"] }): JSX.Element | null {
  const filled = Object.entries(rows).filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  if (filled.length === 0) return null;
  return (
    <details>
      <summary>Contents</summary>
      <table>
        <caption class="unseen">Rows in the copy, by type</caption>
        <thead class="unseen">
          <tr>
            <th scope="col">Type</th>
            <th scope="col">Rows</th>
          </tr>
        </thead>
        <tbody>
          {filled.map(([table, count]) => (
            <tr>
              <th scope="row">{WORDS[table] ?? table}</th>
              <td class="number">{toText(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** A time, which the page's script shows in the browser's time zone. */
function Time({ at }: { at: number }): Child {
  const iso = new Date(at).toISOString();
  return <time datetime={iso}>{iso.slice(0, 16).replace("T", " ")} UTC</time>;
}

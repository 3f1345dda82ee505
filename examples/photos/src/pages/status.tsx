/**
 * The status of the copy.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Copy, CopyRun } from "../copy.ts";
import type { StreamEvent } from "../event_streams.ts";
import { toMessage } from "../messages.ts";

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
      <Contents contents={copy.contents} />
    </section>
  );
}

/** The progress of the copy, which changes during a run. */
export function Progress({ copy }: { copy: Copy }): JSX.Element {
  const { phase, run, syncedAt } = copy;
  if (phase === "running") {
    const { events } = run!;
    return (
      <>
        <p>
          <b class="number">{toText(events)}</b> {events === 1 ? "row" : "rows"}
          {" "}
          so far
        </p>
        <progress aria-label="Sync"></progress>
      </>
    );
  }
  if (syncedAt === undefined) {
    return <p>Nothing copied yet. The first sync copies everything.</p>;
  }
  return (
    <p>
      Up to date as of <Time at={syncedAt} />{" "}
      {phase === "idle" && <LastRun run={run!} syncedAt={syncedAt} />}
    </p>
  );
}

/** Returns the event that shows the progress of the copy. */
export function toStreamEvent(copy: Copy): StreamEvent {
  const event = copy.phase === "running" ? "progress" : "over";
  return { event, data: (<Progress copy={copy} />).toString() };
}

function LastRun(
  { run, syncedAt }: { run: CopyRun; syncedAt: number },
): JSX.Element {
  const seconds = Math.max(0.1, (syncedAt - run.startedAt) / 1000).toFixed(1);
  return (
    <span class="fine">
      {`Last sync: ${toText(run.events)} rows in ${seconds} s`}
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
        <strong>{title}.</strong> {advice} Next try:{" "}
        <Time at={failure.retryAt} />.
      </p>
      {failure.detail && <p class="detail">{failure.detail}</p>}
    </div>
  );
}

function Contents(
  { contents }: { contents: Copy["contents"] },
): JSX.Element | null {
  const counts = Object.entries(contents).filter(([, count]) => count > 0)
    .map(([what, count]) => `${what}: ${toText(count)}`);
  return counts.length === 0 ? null : <p class="fine">{counts.join(" · ")}</p>;
}

/** A time, which the page's script shows in the browser's time zone. */
function Time({ at }: { at: number }): Child {
  const iso = new Date(at).toISOString();
  return <time datetime={iso}>{iso.slice(0, 16).replace("T", " ")} UTC</time>;
}

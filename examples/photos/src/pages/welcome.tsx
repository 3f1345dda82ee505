/**
 * The page for those who are not signed in.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { toMessage } from "../messages.ts";
import { Brand } from "./layout.tsx";

/** What this is, and the way in. */
export function Welcome(
  { host, hasEnded }: { host: string; hasEnded: boolean },
): JSX.Element {
  const { title, advice } = toMessage("authentication");
  return (
    <main class="welcome">
      <Brand />
      <h1>Your photo library, at the edge</h1>
      {hasEnded
        ? (
          <div class="alert" role="alert">
            <strong>{title}.</strong> {advice}
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
        <b>{host}</b>. Your access token stays in the worker and never reaches
        this browser.
      </p>
    </main>
  );
}

/**
 * The page for visitors who are not signed in.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Message } from "../messages.ts";
import { Brand } from "./layout.tsx";

/** Introduces the app and offers the sign-in. */
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

/**
 * Signs in through the user's browser, which the provider sends back to this
 * machine (RFC 8252, section 7.3).
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { authorize, callback } from "../auth/mod.ts";
import { HttpError, OAuthError } from "../errors/mod.ts";
import type { CallOptions, Session } from "../http/mod.ts";
import { UsageError } from "./errors.ts";
import type { Io } from "./io.ts";

/** The port for the callback, fixed because the provider must know the redirect URI. */
export const DEFAULT_PORT = 22283;

/** How long to wait for the user, in minutes. */
const WAIT_MINUTES = 10;

/** The addresses that `localhost` may stand for. */
const HOSTS = ["127.0.0.1", "::1"];

/** How to sign in. */
export interface BrowserLoginOptions {
  /** The address of the server. */
  baseUrl: string;
  /** The port for the callback. */
  port: number;
  /** Whether to open the browser. */
  opensBrowser: boolean;
  /** Options for the calls, without a signal. */
  call: CallOptions;
}

/**
 * Signs in through the user's browser.
 *
 * @throws {UsageError} If the server offers no OAuth, or the port is in use.
 * @throws {OAuthError} If the provider refuses.
 */
export async function browserLogin(
  io: Io,
  { baseUrl, port, opensBrowser, call }: BrowserLoginOptions,
): Promise<Session> {
  const redirectUri = `http://localhost:${port}/callback`;
  const { signal } = io;
  const { url, context } = await authorize(redirectUri, {
    ...call,
    baseUrl,
    signal,
  }).catch((error) => {
    throw toUnavailable(error);
  });
  const { promise, resolve, reject } = Promise.withResolvers<Session>();
  promise.catch(() => {});

  /** The sign-in that is being finished, and the query that finishes it. */
  let finishing: { query: string; session: Promise<Session> } | undefined;

  /** Returns the page for a request to the loopback address. */
  async function respond(
    { method, url = "/" }: IncomingMessage,
  ): Promise<[number, string]> {
    const requested = new URL(url, redirectUri);
    if (requested.pathname !== "/callback") return [404, "Nothing is here."];
    // A link preview sends HEAD, which must not use up the provider's code.
    if (method !== "GET") return [405, "Open this page in your browser."];
    const earlier = finishing;
    const query = requested.search;
    // The provider's code works once, but the user may reload the page.
    const session = query === earlier?.query
      ? earlier.session
      : callback(requested, context, call);
    finishing = { query, session };
    try {
      resolve(await session);
      return [200, "You are signed in. You can close this page."];
    } catch (error) {
      // Anyone can send such a request, so it does not end the sign-in.
      if (
        error instanceof OAuthError && error.code === "oauth_state_mismatch"
      ) {
        finishing = earlier;
        return [400, "This page belongs to another sign-in."];
      }
      reject(error);
      return [400, "You are not signed in. The terminal says why."];
    }
  }

  const servers = await listen(port, respond);
  const end = new AbortController();
  try {
    await io.stdout.write(`Sign in with your browser:\n\n  ${url}\n\n`);
    await io.stdout.write(
      `If the provider reports an error, register this redirect URI with it: ${redirectUri}\n`,
    );
    await io.stdout.write(`Waiting ${WAIT_MINUTES} minutes for the sign-in\n`);
    if (opensBrowser) io.openBrowser(url);
    const stop = AbortSignal.any([signal, end.signal]);
    const timeout = io.clock.sleep(WAIT_MINUTES * 60_000, stop).then(() => {
      throw new UsageError(
        `Nobody signed in within ${WAIT_MINUTES} minutes; run the command again`,
      );
    });
    return await Promise.race([promise, timeout])
      .catch((error) => finishing?.session ?? Promise.reject(error));
  } finally {
    end.abort();
    for (const server of servers) {
      // The page must reach the browser first.
      server.close();
      server.closeIdleConnections?.();
    }
  }
}

/** Returns the error to throw if the sign-in cannot start. */
function toUnavailable(error: unknown): unknown {
  if (!(error instanceof HttpError) || error.status !== 400) return error;
  return new UsageError(
    `${error.message}; to sign in with a password, add --email YOU@EXAMPLE.COM`,
  );
}

/** Listens on this machine's loopback addresses. */
async function listen(
  port: number,
  respond: (request: IncomingMessage) => Promise<[number, string]>,
): Promise<Server[]> {
  const servers: Server[] = [];
  for (const host of HOSTS) {
    const server = createServer((request, response) => {
      respond(request).then(([status, text]) => {
        response.writeHead(status, {
          "allow": "GET",
          "content-type": "text/html; charset=utf-8",
          "connection": "close",
        });
        response.end(toPage(text));
      }, () => response.destroy());
    });
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, resolve);
      });
      servers.push(server);
    } catch (error) {
      const isTaken = (error as { code?: unknown }).code === "EADDRINUSE";
      // A machine without IPv6 has only the first address.
      if (host !== HOSTS[0] && !isTaken) continue;
      for (const open of servers) open.close();
      if (!isTaken) throw error;
      throw new UsageError(
        `Port ${port} is in use; choose another one with --port, and register its redirect URI with the provider`,
      );
    }
  }
  return servers;
}

function toPage(text: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>immich-sync</title>
<p>${text}</p>
</html>
`;
}

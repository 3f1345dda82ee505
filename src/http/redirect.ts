/**
 * Refuses redirects: following one could send the access token to another server.
 *
 * @module
 */
import { HttpError } from "../errors/mod.ts";
import { redact } from "./redact.ts";

/** The likely cause of a redirect, or of an HTML page that arrives instead of JSON. */
export const LOOKS_LIKE_PROXY =
  "this looks like the login page of a proxy or a wrong address";

/**
 * Returns whether a response is a redirect, or the result of a redirect that
 * `fetch` followed despite its options.
 */
export function isRedirect({ status, type, redirected }: Response): boolean {
  return redirected || type === "opaqueredirect" ||
    [301, 302, 303, 307, 308].includes(status);
}

/** Creates the error for a redirect. */
export function redirectError(
  { status, headers, url, redirected }: Response,
  action: string,
  secrets: readonly string[],
): HttpError {
  const location = redirected ? url : headers.get("location");
  const base = redirected || url === "" ? undefined : new URL(url);
  const target = location !== null && URL.canParse(location, base)
    ? new URL(location, base)
    : undefined;
  const isElsewhere = target !== undefined && target.origin !== base?.origin;
  // Names only the origin, because the path and the query may contain secrets.
  let place = target === undefined ? "another address" : "another path";
  if (isElsewhere) place = `"${redact(target.origin, secrets)}"`;
  const isUpgrade = base?.protocol === "http:" &&
    target?.protocol === "https:" && target.hostname === base.hostname;
  const hasMoved = isElsewhere &&
    (status === 301 || status === 308 || isUpgrade);
  return new HttpError(
    `Cannot ${action}: the server answered ${
      status >= 300 ? `${status} with a redirect` : "with a redirect"
    } to ${place}; redirects are not followed${
      hasMoved
        ? ", so use the final address as the base URL"
        : `; ${LOOKS_LIKE_PROXY}`
    }`,
    { status: redirected ? 0 : status },
  );
}

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
  const from = redirected || url === "" ? undefined : new URL(url);
  const location = redirected ? url : headers.get("location");
  const to = location !== null && URL.canParse(location, from)
    ? new URL(location, from)
    : undefined;
  const isElsewhere = to !== undefined && to.origin !== from?.origin;
  const isUpgrade = from?.protocol === "http:" && to?.protocol === "https:" &&
    to.hostname === from.hostname;
  const hasMoved = isElsewhere &&
    (status === 301 || status === 308 || isUpgrade);
  // Names only the origin, because the path and the query may contain secrets.
  let place = to === undefined ? "another address" : "another path";
  if (isElsewhere) place = `"${redact(to.origin, secrets)}"`;
  const answer = status >= 300 ? `${status} with` : "with";
  const advice = hasMoved
    ? ", so use the final address as the base URL"
    : `; ${LOOKS_LIKE_PROXY}`;
  return new HttpError(
    `Cannot ${action}: the server answered ${answer} a redirect to ${place}; redirects are not followed${advice}`,
    { status: redirected ? 0 : status },
  );
}

/**
 * The path of an endpoint, from one that may hold what strangers chose.
 *
 * @module
 */
import { normalizeBaseUrl, type Session } from "../http/mod.ts";

/**
 * Checks a path below `/api`, and gives it as it is sent: with `/api`, and with
 * what has to be encoded encoded.
 *
 * @throws {TypeError} If the path could lead anywhere else, also once it is
 * decoded; the message does not quote it.
 */
export function toApiPath({ baseUrl }: Session, path: string): string {
  if (typeof path !== "string" || !/^\/(?![/\\])/.test(path)) {
    throw refuse('path must begin with one slash, such as "/albums"');
  }
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x1f\x7f\\#]/.test(path)) {
    throw refuse("path holds a backslash, a fragment or a control character");
  }
  const [pathname = ""] = path.split("?");
  if (/(^|[/\\])\.{1,2}([/\\]|$)/.test(decode(pathname))) {
    throw refuse('path holds a segment "." or ".."');
  }
  if (/^\/api(\/|$)/i.test(decode(pathname))) {
    throw refuse('path begins with "/api", leave that out');
  }
  const base = normalizeBaseUrl(baseUrl);
  const { href } = new URL(`${base}/api${path}`);
  if (href.startsWith(`${base}/api/`)) return href.slice(base.length);
  throw refuse("path leads out of the API");
}

/** Decodes what could change where a path leads, as often as it was encoded. */
function decode(path: string): string {
  const decoded = path.replace(
    /%(2e|2f|5c|25)/gi,
    (code) => decodeURIComponent(code),
  );
  return decoded === path ? path : decode(decoded);
}

function refuse(problem: string): TypeError {
  return new TypeError(`Cannot make the request: ${problem}`);
}

/**
 * Checks and encodes the path of an endpoint.
 *
 * @module
 */
import { normalizeBaseUrl, type Session } from "../http/mod.ts";

/**
 * Checks a path relative to `/api`, encodes the path and prefixes it with `/api`.
 *
 * @throws {TypeError} If the path, decoded or not, could lead outside the API.
 * The message does not quote the path.
 */
export function toApiPath({ baseUrl }: Session, path: string): string {
  if (typeof path !== "string" || !/^\/(?![/\\])/.test(path)) {
    throw pathError('path must start with one slash, such as "/albums"');
  }
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x1f\x7f\\#]/.test(path)) {
    throw pathError(
      "path contains a backslash, a fragment or a control character",
    );
  }
  const [pathname = ""] = path.split("?");
  if (/(^|[/\\])\.{1,2}([/\\]|$)/.test(decode(pathname))) {
    throw pathError('path contains a segment "." or ".."');
  }
  if (/^\/api(\/|$)/i.test(decode(pathname))) {
    throw pathError('path must not start with "/api"');
  }
  const base = normalizeBaseUrl(baseUrl);
  const { href } = new URL(`${base}/api${path}`);
  if (href.startsWith(`${base}/api/`)) return href.slice(base.length);
  throw pathError("path leads outside the API");
}

/** Decodes dots, slashes and backslashes, even if they are encoded several times. */
function decode(path: string): string {
  const decoded = path.replace(
    /%(2e|2f|5c|25)/gi,
    (code) => decodeURIComponent(code),
  );
  return decoded === path ? path : decode(decoded);
}

function pathError(problem: string): TypeError {
  return new TypeError(`Cannot make the request: ${problem}`);
}

/**
 * Reads a response as text or JSON.
 *
 * @module
 */
import { ProtocolError, TimeoutError } from "../errors/mod.ts";
import { BodyReader } from "./body.ts";
import { parseJson } from "./json.ts";
import { LOOKS_LIKE_PROXY } from "./redirect.ts";
import type { Watchdog } from "./watchdog.ts";

const MAX_JSON_BYTES = 16 * 1024 * 1024;

/**
 * Reads a successful response as JSON. The value of a 204 is `undefined`.
 *
 * @param isResult Checks whether the value is what an Immich server sends.
 */
export async function readJson<T>(
  response: Response,
  watchdog: Watchdog,
  isResult: (value: unknown) => value is T,
): Promise<T> {
  const { action } = watchdog;
  const body = new BodyReader(response.body, watchdog);
  try {
    const { text, failure } = await readText(body, MAX_JSON_BYTES);
    if (failure !== undefined) throw failure;
    const value = parseJson(text);
    if (value === undefined && response.status !== 204) {
      throw startsAsHtml(text)
        ? htmlError(action)
        : new ProtocolError(`Cannot ${action}: the response is not JSON`);
    }
    if (isResult(value)) return value;
    throw new ProtocolError(
      `Cannot ${action}: the response is not what an Immich server sends`,
    );
  } catch (error) {
    body.failure = error;
    throw error;
  } finally {
    await body.close();
  }
}

/** Discards a response, to free its connection. */
export async function discard(response: Response): Promise<void> {
  try {
    await response.body?.cancel();
  } catch {
    // Ignore errors: the body may have failed already.
  }
}

/** Returns whether a response's content type is HTML. */
export function isHtml(response: Response): boolean {
  return /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(
    response.headers.get("content-type") ?? "",
  );
}

/** Returns whether text looks like HTML. */
export function startsAsHtml(text: string): boolean {
  return /^\s*</.test(text);
}

/** Creates the error for an HTML page that arrives instead of JSON. */
export function htmlError(
  action: string,
  answer = "with an HTML page",
): ProtocolError {
  return new ProtocolError(
    `Cannot ${action}: the server answered ${answer} instead of JSON; ${LOOKS_LIKE_PROXY}`,
  );
}

/**
 * Reads at most `maxBytes` of a body. Returns the text that was read, and the
 * failure, if any.
 */
export async function readText(
  body: BodyReader,
  maxBytes: number,
): Promise<{ text: string; failure?: unknown }> {
  const decoder = new TextDecoder();
  const { action, maxResponseMs } = body.watchdog;
  const since = performance.now();
  let text = "";
  let bytes = 0;
  try {
    for (let chunk; (chunk = await body.read()) !== undefined;) {
      const part = chunk.subarray(0, maxBytes - bytes);
      text += decoder.decode(part, { stream: true });
      bytes += part.length;
      if (part.length < chunk.length) {
        throw new ProtocolError(
          `Cannot ${action}: the response is longer than ${maxBytes} bytes`,
        );
      }
      if (performance.now() - since > maxResponseMs) {
        throw new TimeoutError(
          `Cannot ${action}: the response did not end within ${maxResponseMs} ms`,
          { idleTimeoutMs: maxResponseMs },
        );
      }
    }
    return { text: text + decoder.decode() };
  } catch (failure) {
    return { text, failure };
  }
}

/**
 * Applies faults to a request and its response.
 *
 * @module
 */
import { ApiError, type Responses } from "./responses.ts";
import { toBody } from "./body.ts";
import { damage } from "./damage.ts";
import { type Fault, faultOf } from "./faults.ts";

/** A request that faults apply to. */
export interface FaultyRequest {
  /** The faults. */
  faults: readonly Fault[];
  /** Creates responses. */
  responses: Responses;
  /** Aborted when the client is no longer waiting for the response. */
  signal: AbortSignal | undefined;
  /**
   * Whether the request arrived over a socket. If so, the connection is already
   * open, so it can fail but cannot be refused.
   */
  onSocket: boolean;
}

/** Handles a request, with faults applied to the request and its response. */
export async function applyFaults(
  { faults, responses, signal, onSocket }: FaultyRequest,
  handle: () => Promise<Response>,
): Promise<Response> {
  const replacement = replace(faults, responses);
  if (replacement !== undefined) return replacement;
  const unanswered = faultOf(faults, "refuse") ?? faultOf(faults, "hang");
  if (unanswered !== undefined) {
    return await fail(unanswered.type === "refuse" ? "break" : "stall");
  }
  const late = faultOf(faults, "late");
  if (late !== undefined) {
    const arrived = late.until.then(handle);
    return await (onSocket ? arrived : Promise.race([arrived, fail("stall")]));
  }
  const response = await handle();
  if (faultOf(faults, "drop") !== undefined) {
    await response.body?.cancel();
    return await fail("break");
  }
  const stop = faultOf(faults, "truncate") ?? faultOf(faults, "stall");
  if (response.body !== null || stop === undefined) {
    return damage(response, faults, signal);
  }
  // If there is no body, the response itself never arrives.
  return await fail(stop.type === "truncate" ? "break" : "stall");

  async function fail(piece: "break" | "stall"): Promise<Response> {
    if (onSocket) {
      const read = () => piece;
      return new Response(toBody({ read, cancel: () => {} }, { signal }));
    }
    if (piece === "break") throw new TypeError("fetch failed");
    return await new Promise((_, reject) => {
      const onAbort = () => reject(signal?.reason);
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted) onAbort();
    });
  }
}

/**
 * If a fault requires the response of a proxy or a failing server, creates that
 * response.
 */
function replace(
  faults: readonly Fault[],
  responses: Responses,
): Response | undefined {
  const failure = faultOf(faults, "status");
  if (failure !== undefined) {
    const { status, message = "Refused", retryAfterSeconds } = failure;
    const response = responses.error(new ApiError(status, message));
    if (retryAfterSeconds !== undefined) {
      response.headers.set("retry-after", String(retryAfterSeconds));
    }
    return response;
  }
  const page = faultOf(faults, "html");
  if (page !== undefined) {
    const headers = { "content-type": "text/html; charset=utf-8" };
    const { status = 200 } = page;
    return new Response(LOGIN_PAGE, { status, headers });
  }
  const redirect = faultOf(faults, "redirect");
  if (redirect === undefined) return undefined;
  const { status = 307, location = "https://elsewhere.test/" } = redirect;
  return new Response(null, { status, headers: { location } });
}

const LOGIN_PAGE = `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Sign in</title>
  <h1>This network wants you to sign in</h1>
</html>
`;

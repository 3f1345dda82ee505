/**
 * What faults make of a request and its answer.
 *
 * @module
 */
import { type Answers, ApiError } from "./answers.ts";
import { toBody } from "./body.ts";
import { damage } from "./damage.ts";
import { type Fault, faultOf } from "./faults.ts";

/** A request that faults may strike. */
export interface FaultyRequest {
  /** The faults. */
  faults: readonly Fault[];
  /** Writes answers. */
  answers: Answers;
  /** Aborted when nobody waits any more. */
  signal: AbortSignal | undefined;
  /** Whether it came over a socket, which can break but not refuse. */
  onSocket: boolean;
}

/** Answers a request as the faults want it. */
export async function applyFaults(
  { faults, answers, signal, onSocket }: FaultyRequest,
  carryOut: () => Promise<Response>,
): Promise<Response> {
  const instead = replace(faults, answers);
  if (instead !== undefined) return instead;
  const silence = faultOf(faults, "refuse") ?? faultOf(faults, "hang");
  if (silence !== undefined) {
    return await say(silence.kind === "refuse" ? "break" : "stall");
  }
  const answer = await carryOut();
  if (faultOf(faults, "lose") !== undefined) {
    await answer.body?.cancel();
    return await say("break");
  }
  const stop = faultOf(faults, "cut") ?? faultOf(faults, "stall");
  if (answer.body !== null || stop === undefined) {
    return damage(answer, faults, signal);
  }
  // Without a body, it is the answer itself that does not come.
  return await say(stop.kind === "cut" ? "break" : "stall");

  async function say(piece: "break" | "stall"): Promise<Response> {
    if (onSocket) {
      const read = () => piece;
      return new Response(toBody({ read, cancel: () => {} }, { signal }));
    }
    if (piece === "break") throw new TypeError("fetch failed");
    return await new Promise((_, reject) => {
      const leave = () => reject(signal?.reason);
      signal?.addEventListener("abort", leave, { once: true });
      if (signal?.aborted) leave();
    });
  }
}

/** The answer of a proxy, or of a server in trouble. */
function replace(
  faults: readonly Fault[],
  answers: Answers,
): Response | undefined {
  const failure = faultOf(faults, "status");
  if (failure !== undefined) {
    const { status, message = "Refused", retryAfterSeconds } = failure;
    const answer = answers.error(new ApiError(status, message));
    if (retryAfterSeconds !== undefined) {
      answer.headers.set("retry-after", String(retryAfterSeconds));
    }
    return answer;
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

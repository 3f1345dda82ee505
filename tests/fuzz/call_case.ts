/** A call that receives a mutated response. */
import {
  authorize,
  callback,
  type CallOptions,
  createChildSession,
  currentUser,
  discover,
  getSyncAcks,
  login,
  logout,
  request,
  serverVersion,
  type Session,
} from "../../mod.ts";
import { checkSession } from "../../src/http/session.ts";
import { answering, SESSION } from "../support/fetch.ts";
import { serve } from "./body.ts";
import type { Corpus } from "./corpus.ts";
import { check, checkError } from "./checks.ts";
import { mutate } from "./mutate.ts";
import type { Random } from "./random.ts";

const { baseUrl } = SESSION;
const CALLBACK = "https://app.example/callback";
const CONTEXT = {
  baseUrl,
  redirectUri: CALLBACK,
  state: "state-of-this-sign-in",
  codeVerifier: "verifier-verifier-verifier-verifier-verifier",
  createdAt: 0,
};

/** Returns whether calls accept a session. */
function isSession(session: Session): boolean {
  checkSession(session);
  return true;
}

/**
 * Calls, each with the path of its recorded response. A call returns whether
 * its result has the documented type.
 */
const CALLS: readonly [
  path: RegExp,
  call: (options: CallOptions) => Promise<boolean>,
][] = [
  [/users\/me/, async (options) => {
    const { id, email, name } = await currentUser(SESSION, options);
    return [id, email, name].every((text) => typeof text === "string");
  }],
  [/server/, async ({ fetch, idleTimeoutMs }) => {
    const init = { fetch: fetch!, idleTimeoutMs: idleTimeoutMs! };
    const response = await request(SESSION, "/server/about", init);
    return typeof await response.text() === "string";
  }],
  [
    /login/,
    async (options) =>
      isSession(await login("a@b.c", "password1", { ...options, baseUrl })),
  ],
  [/version/, async (options) => {
    const version = await serverVersion(SESSION, options);
    return [version.major, version.minor, version.patch]
      .every(Number.isInteger);
  }],
  [/sync\/ack/, async (options) => {
    const acks = await getSyncAcks(SESSION, options);
    return acks.every(({ type, ack }) => typeof type + typeof ack !== "object");
  }],
  [/authorize/, async (options) => {
    const { url, context } = await authorize(CALLBACK, { ...options, baseUrl });
    return URL.canParse(url) && typeof context.state === "string";
  }],
  [/oauth\/callback/, async (options) => {
    const url = `${CALLBACK}?code=secret-code-1&state=${CONTEXT.state}`;
    const age = { maxAgeMs: false } as const;
    return isSession(
      await callback(url, { ...CONTEXT }, { ...options, ...age }),
    );
  }],
  [
    /sessions/,
    async (options) => isSession(await createChildSession(SESSION, options)),
  ],
  [/logout/, async (options) => {
    const { successful } = await logout(SESSION, options);
    return typeof successful === "boolean";
  }],
  [
    /well-known/,
    async (options) => URL.canParse(await discover(baseUrl, options)),
  ],
];

const CONTENT_TYPES = [
  "application/json; charset=utf-8",
  "text/html",
  "text/plain",
  "application/octet-stream",
  "",
];

/**
 * Makes a call that receives a mutated response, usually one recorded for the
 * same call.
 */
export async function callCase(corpus: Corpus, random: Random): Promise<void> {
  const [path, call] = random.pick(CALLS);
  const own = corpus.answers.filter((answer) => path.test(answer.path));
  const recorded = random.pick(random.chance(0.8) ? own : corpus.answers);
  const other = random.pick(corpus.answers);
  const bytes = mutate(recorded.bytes, random, other.bytes);
  const served = serve(bytes, random, random.chance(0.05) ? "error" : "close");
  const status = random.chance(0.8)
    ? recorded.status
    : random.pick([200, 301, 400, 401, 403, 404, 418, 429, 500, 502, 599]);
  const headers: Record<string, string> = {
    "content-type": random.chance(0.8)
      ? CONTENT_TYPES[0]!
      : random.pick(CONTENT_TYPES),
    "retry-after": random.pick(["1", "9".repeat(400), "Tue", "-1", ""]),
    location: random.pick(["/x", "https://[", "https://evil.example/", ""]),
    "x-correlation-id": random.pick(["abc", "undefined", "<b>", ""]),
  };
  const fetch = answering(() => new Response(served.body, { status, headers }));
  let error: unknown;
  try {
    check(
      await call({ fetch, idleTimeoutMs: 10_000 }),
      "an invalid answer was accepted",
    );
    check(status >= 200 && status < 300, "an error status was accepted");
  } catch (caught) {
    error = caught;
  }
  check(served.released, "the body was not released");
  if (error !== undefined) checkError(error);
}

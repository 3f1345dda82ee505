/** Every recorded error becomes an error of the right class. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
} from "@std/assert";
import {
  authorize,
  callback,
  type CallOptions,
  currentUser,
  deleteSyncAcks,
  getSyncAcks,
  HttpError,
  ImmichError,
  login,
  syncAck,
  syncStream,
} from "../../mod.ts";
import { callEmpty } from "../../src/http/call.ts";
import { answering, SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";
import {
  textOf,
  toResponse,
  type Transcript,
  transcripts,
} from "../support/transcripts.ts";

const FOLDERS = [
  "2.7.5/01-basics",
  "2.7.5/07-errors",
  "3.1.0/01-basics",
  "3.1.0/02-oauth",
  "3.1.0/07-errors",
];

const { baseUrl } = SESSION;
const redirectUri = "http://127.0.0.1:45678/callback";

/** Makes the call that corresponds to a recorded request. */
const CALLS: Record<string, (options: CallOptions) => Promise<unknown>> = {
  "POST /api/auth/login": (options) =>
    login("a@b.c", "d", { baseUrl, ...options }),
  "GET /api/users/me": (options) => currentUser(SESSION, options),
  "POST /api/oauth/authorize": (options) =>
    authorize(redirectUri, { baseUrl, ...options }),
  "POST /api/oauth/callback": (options) =>
    callback(`${redirectUri}?code=c&state=s`, {
      baseUrl,
      redirectUri,
      state: "s",
      codeVerifier: "v",
      createdAt: Date.now(),
    }, options),
  "POST /api/sync/stream": (options) =>
    syncStream(SESSION, ["UsersV1"], options),
  "GET /api/sync/ack": (options) => getSyncAcks(SESSION, options),
  "POST /api/sync/ack": (options) => syncAck(SESSION, ["UserV1|1"], options),
  "DELETE /api/sync/ack": (options) => deleteSyncAcks(SESSION, options),
};

/** Makes a request that the library itself never makes. */
function anyCall(path: string) {
  const call = {
    ...SESSION,
    action: "ask",
    method: "GET",
    path,
  } as const;
  return (options: CallOptions) => callEmpty(call, options);
}

function expectedName({ request, response }: Transcript): string {
  if (response.status === 401) return "AuthenticationError";
  if (response.status === 403) return "AuthorizationError";
  const ofCallback = request.path === "/api/oauth/callback";
  return ofCallback && response.status >= 500 ? "OAuthError" : "HttpError";
}

for (const folder of FOLDERS) {
  test(`errors recorded in ${folder} have the expected class, message and correlation id`, async () => {
    const failures = (await transcripts(folder)).filter(({ response }) =>
      response.status >= 400
    );
    assert(failures.length > 0);
    for (const exchange of failures) {
      const { name, request: { method, path }, response } = exchange;
      const call = CALLS[`${method} ${path}`] ?? anyCall(path);
      const fetch = answering(() => toResponse(exchange));
      const error = await call({ fetch }).then(
        () => undefined,
        (error) => error,
      );
      assertInstanceOf(error, ImmichError, name);
      assertEquals(error.name, expectedName(exchange), name);
      assertStringIncludes(error.message, String(response.status), name);

      const body = JSON.parse(textOf(exchange));
      const http = error instanceof HttpError ? error : error.cause;
      assertInstanceOf(http, HttpError, name);
      const [message] = [body.message].flat();
      assertStringIncludes(
        http.serverMessage ?? "",
        message.slice(0, 100).trim(),
        name,
      );
      const headers = new Headers(response.headers);
      const id = headers.get("x-correlation-id") ?? body.correlationId;
      assertEquals(
        http.correlationId,
        id === "undefined" ? undefined : id,
        name,
      );
      if (/API keys/.test(message)) {
        assertStringIncludes(error.message, "an API key was sent", name);
      }
    }
  });
}

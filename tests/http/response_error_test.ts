import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  AuthenticationError,
  AuthorizationError,
  HttpError,
  ProtocolError,
} from "../../src/errors/mod.ts";
import { readError } from "../../src/http/response_error.ts";
import { Watchdog } from "../../src/http/watchdog.ts";
import { LONG_MS } from "../support/timeouts.ts";
import { test } from "../support/test.ts";

function watch(secrets: string[] = []): Watchdog {
  return new Watchdog("do it", { idleTimeoutMs: LONG_MS }, secrets);
}

async function httpError(
  body: BodyInit | null,
  init: ResponseInit,
  secrets?: string[],
): Promise<HttpError> {
  const error = await readError(
    new Response(body, init),
    watch(secrets),
    false,
  );
  assertInstanceOf(error, HttpError);
  return error;
}

const HTML = { "content-type": "text/html; charset=utf-8" };

test("an error from a 3.x server has the message, field errors and correlation id", async () => {
  const body = JSON.stringify({
    message: "Validation failed",
    errors: [{ path: ["acks", 0], message: "Invalid input: expected string" }],
  });
  const error = await httpError(body, {
    status: 400,
    headers: { "X-Correlation-ID": "c173z715" },
  });
  assertEquals(
    error.serverMessage,
    "Validation failed; acks.0: Invalid input: expected string",
  );
  assertEquals(error.correlationId, "c173z715");
  assertEquals(
    error.message,
    'Cannot do it: the server answered 400 "Validation failed; acks.0: Invalid input: expected string" (correlation id c173z715)',
  );
});

test("an error from a 2.x server has the messages and correlation id from the body", async () => {
  const body = JSON.stringify({
    message: ["email must be an email", "password should not be empty"],
    error: "Bad Request",
    statusCode: 400,
    correlationId: "awhrkvdh",
  });
  const error = await httpError(body, { status: 400 });
  assertEquals(
    error.serverMessage,
    "email must be an email; password should not be empty",
  );
  assertEquals(error.correlationId, "awhrkvdh");
});

test("a compatible server's error message is read from the field named detail", async () => {
  const bodies = {
    '{"detail":"Session required"}': "Session required",
    '{"title":"Too many","detail":"Slow down"}': "Slow down",
    '{"title":"Too many","status":429}': "Too many",
    '{"detail":{"message":"no","code":1}}': "no",
    '{"detail":[{"loc":["body","types",0],"msg":"not a type","type":"enum","input":"secret"}]}':
      "body.types.0: not a type",
    '{"detail":[{"loc":["query","a"],"msg":"b"},{"msg":"c"},"d",null,[],{}]}':
      "query.a: b; c; d",
    '{"title":"Invalid","errors":[{"detail":"must be positive","pointer":"#/a"}]}':
      "Invalid; must be positive",
    '{"message":"first","detail":"second"}': "first",
  };
  for (const [body, message] of Object.entries(bodies)) {
    const { serverMessage } = await httpError(body, { status: 422 });
    assertEquals(serverMessage, message, body);
  }
});

test("a correlation id that contains a secret is omitted", async () => {
  const secret = "T0ken0123456789abcdefghijklmnop";
  for (const id of [secret, `id-${secret}`, secret.slice(4, 20)]) {
    const headers = { "X-Correlation-ID": id };
    const error = await httpError("{}", { status: 500, headers }, [secret]);
    assertEquals(error.correlationId, undefined, id);
  }
});

test("an invalid correlation id is omitted", async () => {
  for (const id of ["undefined", "", "<script>", "a b", "x".repeat(65)]) {
    const headers = { "X-Correlation-ID": id };
    const error = await httpError("{}", { status: 500, headers });
    assertEquals(error.correlationId, undefined, id);
  }
});

test("a malformed error body still causes the error for its status", async () => {
  const objects = [
    '{"toString":1,"valueOf":1}',
    "[".repeat(3e4) + "]".repeat(3e4),
  ];
  for (const value of objects) {
    for (
      const body of [
        `{"message":"no","errors":[{"path":["a",${value}],"message":"b"}]}`,
        `{"message":"no","errors":[{"path":${value},"message":"b"}]}`,
        `{"message":"no","errors":[{"path":[],"message":${value}}]}`,
        `{"message":"no","errors":[${value},null,"text"]}`,
        `{"message":["no",${value}]}`,
        `{"detail":["no",{"loc":${value},"msg":"b"}]}`,
        `{"detail":["no",{"loc":[${value}],"msg":"b"}]}`,
        `{"detail":["no",{"loc":[],"msg":${value}}]}`,
      ]
    ) {
      const { status, serverMessage } = await httpError(body, { status: 400 });
      assertEquals(status, 400);
      assertMatch(serverMessage ?? "", /^no/);
    }
  }
});

test("errors for 401 and 403 have their own classes and report a rejected API key", async () => {
  const message = "Sync endpoints cannot be used with API keys";
  assertInstanceOf(
    await httpError("{}", { status: 401 }),
    AuthenticationError,
  );
  const plain = await httpError("{}", { status: 403 });
  assertInstanceOf(plain, AuthorizationError);
  assert(!plain.message.includes("API key"));
  const key = await httpError(JSON.stringify({ message }), { status: 403 });
  assertStringIncludes(key.message, "an API key was sent");
});

test("a 401 with a proxy's challenge is not mistaken for the end of the session", async () => {
  for (const challenge of ['Basic realm="Photos"', "Negotiate", "digest x"]) {
    const headers = { "www-authenticate": challenge };
    const error = await readError(
      new Response("Unauthorized", { status: 401, headers }),
      watch(),
      true,
    );
    assertInstanceOf(error, ProtocolError);
    assertStringIncludes(error.message, "login page of a proxy");
  }
  const headers = { "www-authenticate": "Bearer" };
  const error = await httpError("{}", { status: 401, headers });
  assertInstanceOf(error, AuthenticationError);
});

test("a 401 error suggests signing in again only if the request had a session", async () => {
  const response = () => new Response("{}", { status: 401 });
  const without = await readError(response(), watch(), false);
  assertInstanceOf(without, AuthenticationError);
  assertEquals(without.message, "Cannot do it: the server answered 401");
  const session = await readError(response(), watch(), true);
  assertInstanceOf(session, AuthenticationError);
  assertEquals(
    session.message,
    "Cannot do it: the server answered 401: sign in again (an API key is not an access token)",
  );
});

test("an error response whose body is missing or unreadable causes an HttpError", async () => {
  const broken = new ReadableStream({
    pull: (controller) => controller.error(new Error("reset")),
  });
  for (
    const body of [null, "", "Bad Gateway", "<html>", "[1]", '"text"', broken]
  ) {
    const error = await httpError(body, { status: 502 });
    assertEquals(error.message, "Cannot do it: the server answered 502");
    assert(error.retryable);
  }
});

test("an error body is read up to 64 KiB, and the rest is canceled", async () => {
  let sent = 0;
  let canceled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1024;
      controller.enqueue(new Uint8Array(1024));
    },
    cancel: () => {
      canceled = true;
    },
  }, { highWaterMark: 0 });
  await httpError(endless, { status: 500 });
  assert(canceled);
  assertEquals(sent, 65 * 1024);
});

test("a gateway error causes an HttpError even if its body is an HTML page", async () => {
  for (const status of [502, 503, 504, 524]) {
    const error = await httpError("<html>", { status, headers: HTML });
    assertEquals(error.status, status);
    assert(error.retryable);
  }
});

test("the error for an HTML page suggests a proxy, but the one for a JSON 404 does not", async () => {
  for (const status of [400, 401, 403, 404, 405, 407]) {
    for (const init of [{ status, headers: HTML }, { status }]) {
      const response = new Response("<!doctype html>", init);
      const error = await readError(response, watch(), false);
      assertInstanceOf(error, ProtocolError);
      assertEquals(
        error.message,
        `Cannot do it: the server answered ${status} with an HTML page instead of JSON; this looks like the login page of a proxy or a wrong address`,
      );
      assert(!error.retryable);
    }
  }
  const { status } = await httpError('{"message":"Not found"}', {
    status: 404,
  });
  assertEquals(status, 404);
});

test("an HttpError contains the wait time from the Retry-After header", async () => {
  const headers = { "retry-after": "3" };
  const error = await httpError(null, { status: 429, headers });
  assertEquals(error.retryAfterMs, 3000);
});

test("secrets are removed from server messages, but plain words are kept", async () => {
  const body = JSON.stringify({
    message: "Token abc123def is bad\r\n\u0000 for Incorrect email or password",
  });
  const error = await httpError(body, { status: 400 }, [
    "abc123def",
    "password",
    "",
  ]);
  assertEquals(
    error.serverMessage,
    "Token [redacted] is bad for Incorrect email or password",
  );
});

test("a long server message is truncated", async () => {
  const body = JSON.stringify({ message: "x".repeat(10_000) });
  const { serverMessage } = await httpError(body, { status: 400 });
  assertMatch(serverMessage ?? "", /^x{500}…$/);
});

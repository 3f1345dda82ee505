import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import * as errors from "../../src/errors/mod.ts";
import { test } from "../support/test.ts";

const { ImmichError, isImmichError } = errors;

function oneOfEach(): Record<string, errors.ImmichError> {
  const cause = new TypeError("fetch failed");
  return {
    ConnectionError: new errors.ConnectionError("m", { cause }),
    TimeoutError: new errors.TimeoutError("m", { idleTimeoutMs: 1 }),
    TruncatedStreamError: new errors.TruncatedStreamError("m", {
      lines: 1,
      bytes: 2,
    }),
    HttpError: new errors.HttpError("m", { status: 404 }),
    AuthenticationError: new errors.AuthenticationError("m", { status: 401 }),
    AuthorizationError: new errors.AuthorizationError("m", { status: 403 }),
    ProtocolError: new errors.ProtocolError("m", { line: 3, byteOffset: 9 }),
    OAuthError: new errors.OAuthError("m", { code: "oauth_denied" }),
    SyncError: new errors.SyncError("m", { code: "reset_loop" }),
  };
}

test("each error class has its own name and code and extends ImmichError", () => {
  const codes = {
    ConnectionError: "connection",
    TimeoutError: "idle_timeout",
    TruncatedStreamError: "truncated",
    HttpError: "http",
    AuthenticationError: "authentication",
    AuthorizationError: "authorization",
    ProtocolError: "protocol",
    OAuthError: "oauth_denied",
    SyncError: "reset_loop",
  };
  for (const [name, error] of Object.entries(oneOfEach())) {
    assertEquals(error.name, name);
    assertEquals(String(error), `${name}: m`);
    assertEquals(error.code, codes[name as keyof typeof codes]);
    assertInstanceOf(error, ImmichError);
    assertInstanceOf(error, Error);
  }
});

test("only connection, timeout and truncation errors are always retryable", () => {
  const retryable = Object.values(oneOfEach())
    .filter((error) => error.retryable).map((error) => error.name);
  assertEquals(retryable, [
    "ConnectionError",
    "TimeoutError",
    "TruncatedStreamError",
  ]);
});

test("an HttpError is retryable only for the statuses 408, 425, 429 and 5xx", () => {
  const isRetryable = (status: number) =>
    new errors.HttpError("m", { status }).retryable;
  for (const status of [408, 425, 429, 500, 502, 503, 504, 524, 599]) {
    assert(isRetryable(status), String(status));
  }
  for (const status of [0, 301, 400, 401, 403, 404, 409, 410, 413, 422]) {
    assert(!isRetryable(status), String(status));
  }
});

test("an error has a cause only if one was passed", () => {
  const { ConnectionError, HttpError } = oneOfEach();
  assertInstanceOf(ConnectionError?.cause, TypeError);
  assert(!("cause" in HttpError!));
});

test("isImmichError accepts errors from another copy of the package", () => {
  const foreign = Object.defineProperty(
    new Error("m"),
    Symbol.for("@immich-edge/sync.ImmichError"),
    { value: true },
  );
  assert(isImmichError(foreign));
  for (const error of Object.values(oneOfEach())) assert(isImmichError(error));
});

test("isImmichError rejects values that are not errors of this package", () => {
  for (const value of [null, undefined, "error", {}, new Error("m")]) {
    assert(!isImmichError(value));
  }
});

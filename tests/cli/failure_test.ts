import { assertEquals, assertMatch } from "@std/assert";
import { toFailure, toSentences } from "../../src/cli/failure.ts";
import { AuthenticationError, ConnectionError } from "../../src/errors/mod.ts";
import { MirrorError } from "../../src/mirror/mod.ts";
import { test } from "../support/test.ts";

function systemError(code: string, path?: string): Error {
  return Object.assign(new Error(code), { code, path });
}

test("a system error names the path and the reason", () => {
  assertEquals(toFailure(systemError("EACCES", "/a.db")), {
    text: 'Cannot use "/a.db": permission denied',
    code: 3,
  });
  assertEquals(
    toFailure(systemError("ENOSPC")).text,
    "Failed: the disk is full",
  );
  assertEquals(toFailure(systemError("EMFILE")).text, "Failed: EMFILE");
});

test("a system error without a code is a failure, not a bug", () => {
  const error = new Error("File too large (os error 27)");
  assertEquals(toFailure(error).code, 3);
});

test("an error of SQLite is quoted on one line", () => {
  const error = systemError("ERR_SQLITE_ERROR");
  error.message = "disk I/O\nerror";
  assertEquals(toFailure(error), {
    text: 'SQLite failed with "disk I/O error"',
    code: 3,
  });
});

test("a busy file says when to try again, if that is known", () => {
  const busy = (init: { retryAfterMs?: number }) =>
    toSentences(
      toFailure(new MirrorError("busy", { code: "mirror_busy", ...init })),
    );
  const text = "Another run is updating this file. Wait until it has ended";
  assertEquals(busy({}), text);
  assertEquals(
    busy({ retryAfterMs: 4_500 }),
    `${text}; if it crashed, try again in 5 s`,
  );
});

test("an unknown error is reported as a bug", () => {
  const { text, code } = toFailure(new Error("oops"));
  assertMatch(text, /^This is a bug in immich-sync: Error: oops/);
  assertEquals([code, toFailure("oops")], [70, { text: "oops", code: 70 }]);
});

test("a rejected password keeps the server's reason", () => {
  const init = { status: 401 };
  const wrong = new AuthenticationError("Cannot sign in: wrong password", init);
  assertEquals(toFailure(wrong), {
    text: "Cannot sign in: wrong password",
    code: 4,
  });
});

test("the message for a lost connection contains the runtime's reason", () => {
  const of = (cause: unknown) =>
    toFailure(new ConnectionError("Cannot reach it", { cause })).text;
  assertEquals(of(new Error("refused")), "Cannot reach it (refused)");
  const cause = new Error("wrong version number");
  const failed = new TypeError("fetch failed", { cause });
  assertMatch(of(failed), /try http:/);
  assertEquals([of(new Error("")), of("x")], [
    "Cannot reach it",
    "Cannot reach it",
  ]);
});

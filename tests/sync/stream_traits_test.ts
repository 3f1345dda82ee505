/** What a run knows about the streams of each server version. */
import { assertEquals } from "@std/assert";
import { traitsOf } from "../../src/sync/stream_traits.ts";
import { test } from "../support/test.ts";

const of = (major: number, minor: number, patch = 0) =>
  traitsOf({ major, minor, patch });

test("streams end with a terminator since 1.141", () => {
  assertEquals(of(1, 140, 9).hasTerminator, false);
  assertEquals(of(1, 141).hasTerminator, true);
});

test("streams start from the beginning on request since 1.136", () => {
  assertEquals(of(1, 135, 3).resetsOnRequest, false);
  assertEquals(of(1, 136).resetsOnRequest, true);
});

test("streams that are ended early leak only on 3.2.0", () => {
  assertEquals(of(3, 1, 9).leaks, false);
  assertEquals(of(3, 2, 0).leaks, true);
  assertEquals(of(3, 2, 1).leaks, false);
});

test("a server of unknown version counts as the newest", () => {
  assertEquals(traitsOf(undefined), of(99, 0));
});

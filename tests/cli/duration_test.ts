import { assertEquals, assertThrows } from "@std/assert";
import { isDuration, parseDuration, toWords } from "../../src/cli/duration.ts";
import { UsageError } from "../../src/cli/errors.ts";
import { test } from "../support/test.ts";

test("a duration is a number, in seconds unless a unit follows", () => {
  const durations = ["30", "1.5", "250ms", "30s", "5m", "1h", "30d"];
  assertEquals(durations.map(parseDuration), [
    30_000,
    1_500,
    250,
    30_000,
    300_000,
    3_600_000,
    2_592_000_000,
  ]);
  assertEquals(durations.filter(isDuration), durations);
});

test("zero, more than 30 days, and any other text are not durations", () => {
  for (const text of ["", "0", "0s", "31d", "-5s", "5 m", "1w", "1e3", "s"]) {
    assertThrows(() => parseDuration(text), UsageError, "write 30s, 5m or 1h");
  }
});

test("an argument that is neither a duration nor a path is a mistake", () => {
  for (
    const text of ["5x", "5 min", "1h30m", "1.5x", "1,5m", "-5m", "soon", ""]
  ) {
    assertThrows(() => isDuration(text), UsageError, `"${text}" is not a`);
  }
  const paths = ["2024.db", "photos.sqlite3", "./5x", "C:\\5x", "/data/photos"];
  assertEquals(paths.filter(isDuration), []);
});

test("a duration is displayed in its largest suitable unit", () => {
  const times = [0, 1_000, 90_000, 120_000, 7_199_000, 86_400_000, 2e8];
  assertEquals(times.map(toWords), [
    "0 seconds",
    "1 second",
    "90 seconds",
    "2 minutes",
    "120 minutes",
    "24 hours",
    "2 days",
  ]);
});

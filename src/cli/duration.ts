/**
 * Durations on the command line.
 *
 * @module
 */
import { ArgumentError } from "./errors.ts";
import { looksLikePath } from "./paths.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/;

/**
 * Returns whether an argument after an option is its duration, not a path.
 *
 * @throws {ArgumentError} If it is neither: a mistyped duration must not become
 * the name of a file.
 */
export function isDuration(argument: string): boolean {
  if (looksLikePath(argument)) return false;
  parseDuration(argument);
  return true;
}

/**
 * Parses a duration: a number, in seconds unless a unit follows.
 *
 * @returns The duration in milliseconds.
 * @throws {ArgumentError} If the text is not a positive duration.
 */
export function parseDuration(text: string): number {
  const [, number = "", unit = "s"] = PATTERN.exec(text) ?? [];
  const ms = Number(number) * UNIT_MS[unit]!;
  if (number !== "" && ms > 0 && ms <= 30 * UNIT_MS.d!) return ms;
  throw new ArgumentError(
    `"${text}" is not a duration: write 30s, 5m or 1h, at most 30d`,
  );
}

/** Formats a duration for display, such as `5 minutes`. */
export function toWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const [count, unit] = seconds < 120
    ? [seconds, "second"]
    : seconds < 7_200
    ? [Math.round(seconds / 60), "minute"]
    : seconds < 172_800
    ? [Math.round(seconds / 3_600), "hour"]
    : [Math.round(seconds / 86_400), "day"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/**
 * Checks, compares and formats versions of servers.
 *
 * @module
 */
import type { ServerVersion } from "./api.ts";

/** Returns whether a value is a version. */
export function isServerVersion(value: unknown): value is ServerVersion {
  const { major, minor, patch } = Object(value);
  return [major, minor, patch].every(Number.isInteger);
}

/**
 * Checks a caller's version. Any comparison with a string such as `"3.1.0"` would
 * be wrong.
 *
 * @throws {TypeError} If the value is not a version.
 */
export function checkServerVersion(
  version: unknown,
): asserts version is ServerVersion {
  if (isServerVersion(version)) return;
  throw new TypeError(
    "Cannot use the server's version: it must be an object such as { major: 3, minor: 1, patch: 0 }",
  );
}

/**
 * Returns whether a version is the given release or a newer one. A release candidate
 * counts as its release.
 */
export function isAtLeast(version: ServerVersion, release: string): boolean {
  const [major = 0, minor = 0, patch = 0] = release.split(".").map(Number);
  const difference = version.major - major || version.minor - minor ||
    version.patch - patch;
  return difference >= 0;
}

/** Formats a version, such as `3.1.0`. */
export function formatVersion({ major, minor, patch }: ServerVersion): string {
  return `${major}.${minor}.${patch}`;
}

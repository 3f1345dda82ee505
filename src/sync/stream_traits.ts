/**
 * How sync streams differ between server versions.
 *
 * @module
 */
import { isAtLeast, type ServerVersion } from "../protocol/mod.ts";

/** What a run must know about its server's streams. */
export interface StreamTraits {
  /** Whether each complete stream ends with `SyncCompleteV1`: since 1.141. */
  hasTerminator: boolean;
  /** Whether a stream can start from the beginning on request: since 1.136. */
  resetsOnRequest: boolean;
  /** Whether a stream that is ended early leaks a database connection: only 3.2.0. */
  leaks: boolean;
}

/** Returns the traits of a version. An unknown version counts as the newest one. */
export function traitsOf(version: ServerVersion | undefined): StreamTraits {
  const isSince = (release: string) =>
    version === undefined || isAtLeast(version, release);
  return {
    hasTerminator: isSince("1.141.0"),
    resetsOnRequest: isSince("1.136.0"),
    leaks: isSince("3.2.0") && !isSince("3.2.1"),
  };
}

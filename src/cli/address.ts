/**
 * Finds the server that the user means.
 *
 * @module
 */
import { isImmichError } from "../errors/mod.ts";
import {
  type CallOptions,
  isPrivateHost,
  normalizeBaseUrl,
} from "../http/mod.ts";
import type { ServerVersion } from "../protocol/mod.ts";
import { discover, serverVersion } from "../server/mod.ts";
import { UsageError } from "./errors.ts";

/** The idle timeout for the requests that find the server. */
const IDLE_TIMEOUT_MS = 15_000;

/**
 * Completes an address, and removes its query and fragment. If it has no scheme,
 * the scheme is `https`, or `http` for this machine and the local network.
 *
 * @throws {UsageError} If the address is not valid.
 */
export function toAddress(text: string): string {
  const given = text.trim();
  // The address of a page may have a query. If it contains "@", it may contain a
  // password, and is rejected as it is.
  const trimmed = given.includes("@") ? given : given.replace(/[?#].*/s, "");
  const hasScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(trimmed);
  try {
    if (hasScheme) return normalizeBaseUrl(trimmed);
    const { hostname } = new URL(`https://${trimmed}`);
    const scheme = isPrivateHost(hostname) ? "http" : "https";
    return normalizeBaseUrl(`${scheme}://${trimmed}`);
  } catch (error) {
    const isOwn = error instanceof TypeError && /base URL/.test(error.message);
    throw new UsageError(
      isOwn
        ? error.message.replace("Cannot use base URL", "Cannot use the address")
        : `"${trimmed}" is not a valid address; use the form https://photos.example.com`,
    );
  }
}

/** A server that responded. */
export interface FoundServer {
  /** The address, without `/api`. */
  baseUrl: string;
  /** The version of Immich. */
  version: ServerVersion;
}

/**
 * Finds the server at an address, or at the address of one of its pages.
 *
 * @throws {UsageError} If plain http is not allowed.
 * @throws {ImmichError} If there is no Immich server.
 */
export async function findServer(
  address: string,
  options: CallOptions,
): Promise<FoundServer> {
  const call = { idleTimeoutMs: IDLE_TIMEOUT_MS, ...options };
  try {
    const baseUrl = await discover(address, call).catch((error) => {
      // Some proxies hide the discovery path. The address must then be exact.
      if (isImmichError(error) && !error.retryable) return address;
      throw error;
    });
    return { baseUrl, version: await serverVersion({ baseUrl }, call) };
  } catch (error) {
    if (!(error instanceof TypeError) || !/plain http/.test(error.message)) {
      throw error;
    }
    throw new UsageError(
      `Plain http to ${address} would expose your password and your library to the network; use https, or add --allow-insecure-http`,
    );
  }
}

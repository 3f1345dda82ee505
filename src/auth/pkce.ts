/**
 * Creates the state and the PKCE strings for an OAuth sign-in (RFC 6749, RFC 7636).
 *
 * @module
 */

/**
 * Creates a code verifier: 64 characters with 384 random bits (RFC 7636,
 * section 4.1). `authorize` creates its own; use this only if you implement the
 * sign-in yourself.
 *
 * @example Create a code verifier and its challenge
 * ```ts
 * import { codeChallenge, createCodeVerifier } from "@immich-edge/sync";
 * import { assertMatch } from "@std/assert";
 *
 * const verifier = createCodeVerifier();
 * assertMatch(verifier, /^[\w-]{64}$/);
 * assertMatch(await codeChallenge(verifier), /^[\w-]{43}$/);
 * ```
 */
export function createCodeVerifier(): string {
  return randomBase64Url(48);
}

/**
 * Creates a state: 32 characters with 192 random bits (RFC 6749, section
 * 10.12). `authorize` creates its own; use this only if you implement the
 * sign-in yourself.
 *
 * @example Create a state
 * ```ts
 * import { createState } from "@immich-edge/sync";
 * import { assertMatch } from "@std/assert";
 *
 * assertMatch(createState(), /^[\w-]{32}$/);
 * ```
 */
export function createState(): string {
  return randomBase64Url(24);
}

/**
 * Derives the S256 code challenge from a code verifier (RFC 7636, section 4.2).
 *
 * @example Derive the code challenge from RFC 7636, appendix B
 * ```ts
 * import { codeChallenge } from "@immich-edge/sync";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   await codeChallenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
 *   "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
 * );
 * ```
 */
export async function codeChallenge(verifier: string): Promise<string> {
  const bytes = new TextEncoder().encode(verifier);
  return base64Url(
    new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)),
  );
}

/** Compares two strings in constant time, so that timing does not reveal where they differ. */
export function equalsInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) {
    difference |= a.charCodeAt(i % (a.length || 1)) ^ b.charCodeAt(i);
  }
  return difference === 0;
}

function randomBase64Url(byteLength: number): string {
  return base64Url(crypto.getRandomValues(new Uint8Array(byteLength)));
}

/** Encodes bytes in base64url, without padding (RFC 4648, section 5). */
export function base64Url(bytes: Uint8Array): string {
  const chars = Array.from(bytes, (byte) => String.fromCharCode(byte));
  return btoa(chars.join(""))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

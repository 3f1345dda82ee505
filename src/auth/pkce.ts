/**
 * The random and the derived strings of an OAuth sign-in (RFC 6749, RFC 7636).
 *
 * @module
 */

/** Fills an array with random bytes, as `crypto.getRandomValues` does. */
export type RandomSource = (bytes: Uint8Array<ArrayBuffer>) => void;

function secureRandom(bytes: Uint8Array<ArrayBuffer>): void {
  crypto.getRandomValues(bytes);
}

/** A code verifier: 64 characters that hold 384 random bits (RFC 7636, 4.1). */
export function createCodeVerifier(
  random: RandomSource = secureRandom,
): string {
  return randomBase64Url(48, random);
}

/** A state: 32 characters that hold 192 random bits (RFC 6749, 10.12). */
export function createState(random: RandomSource = secureRandom): string {
  return randomBase64Url(24, random);
}

/** The S256 code challenge of a code verifier (RFC 7636, 4.2). */
export async function codeChallenge(verifier: string): Promise<string> {
  const bytes = new TextEncoder().encode(verifier);
  return base64Url(
    new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)),
  );
}

/** Whether two strings are equal, in a time that tells nothing about where they differ. */
export function equalsInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) {
    difference |= a.charCodeAt(i % (a.length || 1)) ^ b.charCodeAt(i);
  }
  return difference === 0;
}

function randomBase64Url(byteLength: number, random: RandomSource): string {
  const bytes = new Uint8Array(byteLength);
  random(bytes);
  return base64Url(bytes);
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Text that only the worker can read, and nobody can change (AES-GCM, RFC 5116).
 *
 * @module
 */
import { decodeBase64Url, encodeBase64Url } from "hono/utils/encode";

/** Length of a nonce, in bytes (NIST SP 800-38D, 8.2). */
const NONCE_BYTES = 12;

/** Seals a text, for one purpose: what is sealed for another does not open. */
export async function seal(
  text: string,
  secret: string,
  purpose: string,
): Promise<string> {
  const key = await toKey(secret, purpose);
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const plain = new TextEncoder().encode(text);
  const cipher = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv },
    key,
    plain,
  );
  const sealed = new Uint8Array(NONCE_BYTES + cipher.byteLength);
  sealed.set(iv);
  sealed.set(new Uint8Array(cipher), NONCE_BYTES);
  return encodeBase64Url(sealed.buffer);
}

/** Opens what was sealed; nothing if it was changed, or is something else. */
export async function unseal(
  sealed: string,
  secret: string,
  purpose: string,
): Promise<string | undefined> {
  try {
    const key = await toKey(secret, purpose);
    const bytes = decodeBase64Url(sealed);
    // Other texts decode to the same bytes, and none of them was sealed.
    if (encodeBase64Url(bytes.buffer) !== sealed) return undefined;
    const iv = bytes.slice(0, NONCE_BYTES);
    const cipher = bytes.slice(NONCE_BYTES);
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv },
      key,
      cipher,
    );
    return new TextDecoder().decode(plain);
  } catch {
    return undefined;
  }
}

/** A key of its own for each purpose (HKDF, RFC 5869). */
async function toKey(secret: string, purpose: string): Promise<CryptoKey> {
  const encoder = new TextEncoder();
  const bytes = encoder.encode(secret);
  const material = await crypto.subtle.importKey("raw", bytes, "HKDF", false, [
    "deriveKey",
  ]);
  const derivation = {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: encoder.encode(purpose),
  };
  const cipher = { name: "AES-GCM", length: 256 };
  return await crypto.subtle.deriveKey(derivation, material, cipher, false, [
    "encrypt",
    "decrypt",
  ]);
}

/**
 * Encrypts strings with a secret: AES-256-GCM (NIST SP 800-38D), with a key that
 * HKDF-SHA-256 (RFC 5869) derives from the secret and a purpose.
 *
 * The result is base64url: one byte with the format version, a random 96-bit
 * nonce, and the ciphertext with its 128-bit tag.
 *
 * @module
 */
import { base64Url } from "../auth/mod.ts";

const VERSION = 1;
const NONCE_BYTES = 12;
const HEAD_BYTES = 1 + NONCE_BYTES;

/**
 * Encrypts a string. The result can only be decrypted with the same secret and
 * purpose.
 */
export async function encrypt(
  text: string,
  secret: string,
  purpose: string,
): Promise<string> {
  const key = await deriveKey(secret, purpose);
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const plaintext = new TextEncoder().encode(text);
  const ciphertext = new Uint8Array(
    await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plaintext),
  );
  const bytes = new Uint8Array(HEAD_BYTES + ciphertext.length);
  bytes[0] = VERSION;
  bytes.set(iv, 1);
  bytes.set(ciphertext, HEAD_BYTES);
  return base64Url(bytes);
}

/**
 * Decrypts a string. Returns `undefined` unless the string was returned by
 * {@linkcode encrypt} for the same secret and purpose.
 */
export async function decrypt(
  encrypted: string,
  secret: string,
  purpose: string,
): Promise<string | undefined> {
  const bytes = decode(encrypted);
  if (bytes?.[0] !== VERSION) return undefined;
  const key = await deriveKey(secret, purpose);
  const iv = bytes.subarray(1, HEAD_BYTES);
  try {
    const plaintext = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv },
      key,
      bytes.subarray(HEAD_BYTES),
    );
    return new TextDecoder().decode(plaintext);
  } catch {
    return undefined;
  }
}

/**
 * Decodes base64url. Returns `undefined` unless the text is the canonical encoding
 * of its bytes.
 */
function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return base64Url(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

async function deriveKey(secret: string, purpose: string): Promise<CryptoKey> {
  const encoder = new TextEncoder();
  const material = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    "HKDF",
    false,
    ["deriveKey"],
  );
  return await crypto.subtle.deriveKey(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: encoder.encode(`@immich-edge/sync/seal ${VERSION} ${purpose}`),
    },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

/**
 * Seals contexts and sessions for a limited time.
 *
 * @module
 */
import { isOAuthContext, type OAuthContext } from "../auth/mod.ts";
import {
  checkOptions,
  checkPositive,
  checkSession,
  type Env,
  isSession,
  parseJson,
  type Session,
} from "../http/mod.ts";
import { decrypt, encrypt } from "./cipher.ts";

/**
 * A secret of at least 32 characters, such as one from `openssl rand -base64 32`.
 * To replace the secret, pass a list with the new secret first: the first secret
 * is used for sealing, and any secret in the list can open a sealed value.
 */
export type SealSecret = string | readonly string[];

/** Options for {@linkcode sealContext} and {@linkcode sealSession}. */
export interface SealOptions {
  /**
   * How long the sealed value can be opened, in milliseconds.
   * @default {600000 for a context (10 minutes), 2592000000 for a session (30 days)}
   */
  maxAgeMs?: number;
}

/** The minimum length of a secret, in characters: 128 bits in hexadecimal. */
const MIN_SECRET_LENGTH = 32;

/**
 * A kind of value. A value that was sealed as one kind cannot be opened as
 * another kind.
 */
interface Kind<T> {
  name: string;
  maxAgeMs: number;
  /** The properties to seal; all others are dropped. */
  keys: readonly (keyof T & string)[];
  is(value: unknown): value is T;
}

/** The state of a sign-in. */
export const CONTEXT: Kind<OAuthContext> = {
  name: "context",
  maxAgeMs: 600_000,
  keys: ["baseUrl", "redirectUri", "state", "codeVerifier", "createdAt"],
  is: isOAuthContext,
};

/** A session. */
export const SESSION: Kind<Session> = {
  name: "session",
  maxAgeMs: 30 * 24 * 60 * 60 * 1000,
  keys: ["baseUrl", "accessToken", "userId", "authType", "expiresAt"],
  is: isSession,
};

/**
 * Seals the context of a sign-in for a cookie. Only you can read the result,
 * and nobody can change it unnoticed.
 *
 * For a typical context, the result is about 400 characters long.
 *
 * @throws {TypeError} If the context or the secret is not valid.
 * @throws {RangeError} If the secret is too short, or `maxAgeMs` is not a positive
 * number.
 *
 * @example Keep the context in a cookie
 * ```ts
 * import { authorize } from "@immich-edge/sync";
 * import { openContext, sealContext } from "@immich-edge/sync/seal";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const secret = "Jx1bBvVDSa0Wg0bnc2cdMUqfFRv4A0Fqr1yy0LwZc1Y="; // Use your own.
 * const { baseUrl, fetch } = new FakeImmich();
 * const { context } = await authorize("https://app.example/callback", { baseUrl, fetch });
 *
 * const sealed = await sealContext(context, secret);
 * const cookie =
 *   `__Host-sign-in=${sealed}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600`;
 *
 * // Later, in the request to the redirect URI:
 * const [, value] = /__Host-sign-in=([\w-]*)/.exec(cookie) ?? [];
 * assertEquals(await openContext(value, secret), context);
 * ```
 */
export async function sealContext(
  context: OAuthContext,
  secret: SealSecret,
  options: SealOptions = {},
): Promise<string> {
  return await seal(CONTEXT, context, secret, options, Date);
}

/**
 * Opens a context that {@linkcode sealContext} sealed.
 *
 * @param sealed The value of the cookie, if there is one.
 *
 * @returns The context, or `undefined` if there is no value, or if the value has
 * expired, was changed, or was sealed with another secret or by another function.
 * @throws {TypeError} If the secret is not valid.
 * @throws {RangeError} If the secret is too short.
 *
 * @example Open the value of a cookie that anyone could have set
 * ```ts
 * import { openContext } from "@immich-edge/sync/seal";
 * import { assertEquals } from "@std/assert";
 *
 * const secret = "Jx1bBvVDSa0Wg0bnc2cdMUqfFRv4A0Fqr1yy0LwZc1Y="; // Use your own.
 * assertEquals(await openContext("AfoR9ed", secret), undefined);
 * ```
 */
export async function openContext(
  sealed: string | null | undefined,
  secret: SealSecret,
): Promise<OAuthContext | undefined> {
  return await open(CONTEXT, sealed, secret, Date);
}

/**
 * Seals a session for a cookie. Only you can read the result, and nobody can
 * change it unnoticed.
 *
 * For a typical session, the result is about 300 characters long. Browsers
 * discard a cookie that is longer than 4,096 characters. Properties that a
 * {@linkcode Session} does not have are dropped.
 *
 * @throws {TypeError} If the session or the secret is not valid.
 * @throws {RangeError} If the secret is too short, or `maxAgeMs` is not a positive
 * number.
 *
 * @example Replace the secret
 * ```ts
 * import { openSession, sealSession } from "@immich-edge/sync/seal";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const oldSecret = "Jx1bBvVDSa0Wg0bnc2cdMUqfFRv4A0Fqr1yy0LwZc1Y=";
 * const newSecret = "k8sWbq0T3E3u6u8L2mC3x0c2kQ2q5o6mZ4nV0pX9yRw=";
 * const session = new FakeImmich().createSession();
 *
 * const sealed = await sealSession(session, oldSecret);
 * assertEquals(await openSession(sealed, [newSecret, oldSecret]), session);
 * assertEquals(await openSession(sealed, newSecret), undefined);
 * ```
 */
export async function sealSession(
  session: Session,
  secret: SealSecret,
  options: SealOptions = {},
): Promise<string> {
  // This function's messages name the invalid property.
  const { baseUrl } = checkSession(session);
  return await seal(SESSION, { ...session, baseUrl }, secret, options, Date);
}

/**
 * Opens a session that {@linkcode sealSession} sealed.
 *
 * If the session has ended on the server in the meantime, calls throw an
 * `AuthenticationError`.
 *
 * @param sealed The value of the cookie, if there is one.
 *
 * @returns The session, or `undefined` if there is no value, or if the value has
 * expired, was changed, or was sealed with another secret or by another function.
 * @throws {TypeError} If the secret is not valid.
 * @throws {RangeError} If the secret is too short.
 *
 * @example Open a sealed session
 * ```ts
 * import { openSession, sealSession } from "@immich-edge/sync/seal";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const secret = "Jx1bBvVDSa0Wg0bnc2cdMUqfFRv4A0Fqr1yy0LwZc1Y="; // Use your own.
 * const session = new FakeImmich().createSession();
 *
 * const sealed = await sealSession(session, secret, { maxAgeMs: 60_000 });
 * assertEquals(await openSession(sealed, secret), session);
 * assertEquals(await openSession(`${sealed}A`, secret), undefined);
 * ```
 */
export async function openSession(
  sealed: string | null | undefined,
  secret: SealSecret,
): Promise<Session | undefined> {
  return await open(SESSION, sealed, secret, Date);
}

/** Seals a value of any kind. */
export async function seal<T>(
  { name, maxAgeMs: defaultMs, keys, is }: Kind<T>,
  value: T,
  secret: SealSecret,
  options: SealOptions,
  clock: Pick<Env, "now">,
): Promise<string> {
  const action = `seal the ${name}`;
  checkOptions(action, "options", options, ["maxAgeMs"]);
  const { maxAgeMs = defaultMs } = options;
  checkPositive(action, { maxAgeMs });
  const [newest = ""] = checkSecret(action, secret);
  if (!is(value)) {
    throw new TypeError(`Cannot ${action}: the ${name} is missing or invalid`);
  }
  const text = JSON.stringify([clock.now() + maxAgeMs, value], [...keys]);
  return await encrypt(text, newest, name);
}

/** Opens a sealed value of any kind. */
export async function open<T>(
  { name, is }: Kind<T>,
  sealed: string | null | undefined,
  secret: SealSecret,
  clock: Pick<Env, "now">,
): Promise<T | undefined> {
  const action = `open the ${name}`;
  const secrets = checkSecret(action, secret);
  const encrypted = sealed ?? "";
  if (typeof encrypted !== "string") {
    throw new TypeError(
      `Cannot ${action}: the sealed ${name} must be a string or undefined, received ${typeof encrypted}`,
    );
  }
  for (const one of secrets) {
    const text = await decrypt(encrypted, one, name);
    if (text === undefined) continue;
    const parsed = parseJson(text);
    const [end, value]: unknown[] = Array.isArray(parsed) ? parsed : [];
    const isCurrent = typeof end === "number" && clock.now() < end;
    return isCurrent && is(value) ? value : undefined;
  }
  return undefined;
}

/** Checks a caller's secret. Returns a list of secrets, newest first. */
function checkSecret(action: string, secret: SealSecret): readonly string[] {
  // Drops holes from a sparse list, because `every` would skip them.
  const secrets = [secret].flat();
  const advice =
    `at least ${MIN_SECRET_LENGTH} characters; create one with "openssl rand -base64 32"`;
  const areStrings = secrets.length > 0 &&
    secrets.every((one) => typeof one === "string");
  if (!areStrings) {
    throw new TypeError(
      `Cannot ${action}: the secret must be a string, or a list of strings, of ${advice}`,
    );
  }
  if (secrets.some(({ length }) => length < MIN_SECRET_LENGTH)) {
    throw new RangeError(`Cannot ${action}: the secret must have ${advice}`);
  }
  return secrets;
}

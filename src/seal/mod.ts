/**
 * Seals OAuth sign-in contexts and sessions, so that you can keep them in
 * cookies. Sealed values expire; only you can read them, and nobody can change
 * them unnoticed.
 *
 * Requires only Web Crypto: AES-256-GCM, with keys that HKDF-SHA-256 derives
 * from your secret. Give each cookie a name that begins with `__Host-`, and the
 * attributes `Path=/; Secure; HttpOnly; SameSite=Lax`. If you used
 * `SameSite=Strict`, browsers would not send the context when the provider
 * redirects the user back.
 *
 * A sealed value is not protected against replay: anyone who has a copy of the
 * cookie can use it until it expires, even after the user has signed out. Once
 * `logout` has ended the session on the server, all calls with the copied
 * session fail. Before you show your own data, such as a local copy, check
 * that the user has not signed out.
 *
 * @example Sign in with cookies
 * ```ts
 * import { authorize, callback, currentUser } from "@immich-edge/sync";
 * import { openContext, openSession, sealContext, sealSession } from "@immich-edge/sync/seal";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const secret = "Jx1bBvVDSa0Wg0bnc2cdMUqfFRv4A0Fqr1yy0LwZc1Y="; // Use your own.
 * const { baseUrl, fetch } = new FakeImmich();
 * const cookies = new Map<string, string>(); // In the user's browser.
 *
 * // GET /login
 * const { url, context } = await authorize("https://app.example/callback", { baseUrl, fetch });
 * cookies.set("__Host-sign-in", await sealContext(context, secret));
 * const provider = await fetch(url, { redirect: "manual" });
 *
 * // GET /callback
 * const callbackUrl = provider.headers.get("location")!;
 * const started = await openContext(cookies.get("__Host-sign-in"), secret);
 * if (started === undefined) throw new Error("Sign in again");
 * const signedIn = await callback(callbackUrl, started, { fetch });
 * cookies.set("__Host-session", await sealSession(signedIn, secret));
 *
 * // Any other request
 * const session = await openSession(cookies.get("__Host-session"), secret);
 * if (session === undefined) throw new Error("Sign in again");
 * assertEquals((await currentUser(session, { fetch })).name, "demo");
 * ```
 *
 * @module
 */
export {
  openContext,
  openSession,
  sealContext,
  type SealOptions,
  type SealSecret,
  sealSession,
} from "./seal.ts";

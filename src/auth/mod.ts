/**
 * Signs in and out, and keeps sessions.
 *
 * @module
 */
export {
  type ChildSessionOptions,
  createChildSession,
} from "./child_session.ts";
export {
  keepSession,
  type KeepSessionOptions,
  keepSessionWith,
  type KeptSession,
} from "./keep_session.ts";
export { login, type LoginOptions, logout } from "./login.ts";
export {
  type Authorization,
  authorize,
  type AuthorizeOptions,
  callback,
  type CallbackOptions,
} from "./oauth.ts";
export { isOAuthContext, type OAuthContext } from "./oauth_callback.ts";
export {
  base64Url,
  codeChallenge,
  createCodeVerifier,
  createState,
} from "./pkce.ts";
export type { SessionStore } from "./session_store.ts";

/**
 * Signs in and out.
 *
 * @module
 */
export {
  type ChildSessionOptions,
  createChildSession,
  login,
  type LoginOptions,
  logout,
} from "./login.ts";
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

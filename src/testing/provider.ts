/**
 * An OAuth provider without passwords.
 *
 * @module
 */
import { codeChallenge } from "../auth/mod.ts";
import { createToken } from "./sessions.ts";

/**
 * How the provider handles a sign-in: `approve` redirects back with a code,
 * `refuse` redirects back with an error, `page` lets the user choose on a page with
 * two links, and `off` disables OAuth.
 */
export type ProviderMode = "approve" | "refuse" | "page" | "off";

/** An approved sign-in whose code has not been used yet. */
interface Grant {
  state: string;
  challenge: string | null;
  userId: string;
}

/** The provider's path on the server's origin. */
export const PROVIDER_PATH = "/oauth-provider";

/** An OAuth provider. Each code works once. */
export class Provider {
  readonly mode: ProviderMode;
  readonly #grants = new Map<string, Grant>();

  /** Creates a provider. */
  constructor(mode: ProviderMode) {
    this.mode = mode;
  }

  /** Returns the URL of the login page. */
  loginUrl(origin: string, request: OAuthRequest): string {
    const url = new URL(`${PROVIDER_PATH}/auth`, origin);
    const { redirectUri, state, codeChallenge } = request;
    url.search = new URLSearchParams({
      redirect_uri: redirectUri,
      scope: "openid email profile",
      state,
      ...(codeChallenge === undefined
        ? {}
        : { code_challenge: codeChallenge, code_challenge_method: "S256" }),
      client_id: "client-default",
      response_type: "code",
    }).toString();
    return url.href;
  }

  /** Handles a browser's request for the login page. */
  respond(request: Request, userId: string): Response {
    const url = new URL(request.url);
    const { searchParams } = url;
    const decision = searchParams.get("decision") ?? this.mode;
    if (decision === "page") return toPage(url);
    const back = new URL(searchParams.get("redirect_uri") ?? "");
    const state = searchParams.get("state") ?? "";
    if (decision === "approve") {
      const code = createToken();
      const challenge = searchParams.get("code_challenge");
      this.#grants.set(code, { state, challenge, userId });
      back.searchParams.set("code", code);
    } else {
      back.searchParams.set("error", "access_denied");
      back.searchParams.set(
        "error_description",
        "End-User aborted interaction",
      );
    }
    back.searchParams.set("state", state);
    back.searchParams.set("iss", url.origin);
    return new Response(null, {
      status: 303,
      headers: { location: back.href, "cache-control": "no-store" },
    });
  }

  /** Exchanges the code in a callback for the user's id. */
  async redeem(
    callbackUrl: string,
    proof: OAuthProof,
  ): Promise<string | undefined> {
    if (!URL.canParse(callbackUrl)) return undefined;
    const { searchParams } = new URL(callbackUrl);
    const code = searchParams.get("code") ?? "";
    const grant = this.#grants.get(code);
    this.#grants.delete(code);
    if (grant === undefined) return undefined;
    if (grant.state !== searchParams.get("state")) return undefined;
    // Older servers start a sign-in without a challenge, and require no verifier.
    const fits = grant.challenge === null || grant.state === proof.state &&
        grant.challenge === await codeChallenge(String(proof.codeVerifier));
    return fits ? grant.userId : undefined;
  }
}

/** A sign-in request. */
export interface OAuthRequest {
  /** The URL to redirect the user to after the sign-in. */
  redirectUri: string;
  /** The state to return. */
  state: string;
  /** The S256 code challenge, if the server sends one. */
  codeChallenge?: string;
}

/** Values that prove that the client that sends a callback also started the sign-in. */
export interface OAuthProof {
  /** The posted state. */
  state: unknown;
  /** The posted code verifier. */
  codeVerifier: unknown;
}

function toPage(url: URL): Response {
  const link = (decision: string) => {
    const target = new URL(url);
    target.searchParams.set("decision", decision);
    return target.href.replaceAll("&", "&amp;");
  };
  return new Response(
    `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Sign in</title>
  <h1>Sign in to Immich?</h1>
  <p><a id="approve" href="${link("approve")}">Sign in</a></p>
  <p><a id="refuse" href="${link("refuse")}">Cancel</a></p>
</html>
`,
    { headers: { "content-type": "text/html; charset=utf-8" } },
  );
}

/**
 * An OAuth provider that asks nobody, or with a page of two links.
 *
 * @module
 */
import { codeChallenge } from "../auth/mod.ts";
import { createToken } from "./sessions.ts";

/**
 * What the provider does with a user who comes to sign in: sends them back with
 * a code, sends them back with a refusal, shows a page that leaves it to them,
 * or is not set up at all.
 */
export type ProviderMode = "approve" | "refuse" | "page" | "off";

/** A sign-in that was approved and not finished yet. */
interface Grant {
  state: string;
  challenge: string | null;
  userId: string;
}

/** Where the provider is, below the server's origin. */
export const PROVIDER_PATH = "/oauth-provider";

/** A provider with codes that work once. */
export class Provider {
  readonly mode: ProviderMode;
  readonly #grants = new Map<string, Grant>();

  /** Sets it up. */
  constructor(mode: ProviderMode) {
    this.mode = mode;
  }

  /** The login page for a sign-in. */
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

  /** Answers a browser that comes to the login page. */
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

  /** Trades a callback for the id of the user who signed in. */
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
    // A sign-in without a challenge is one of a server that takes no proof.
    const fits = grant.challenge === null || grant.state === proof.state &&
        grant.challenge === await codeChallenge(String(proof.codeVerifier));
    return fits ? grant.userId : undefined;
  }
}

/** What a sign-in asks for. */
export interface OAuthRequest {
  /** Where to send the user back to. */
  redirectUri: string;
  /** The state to send along. */
  state: string;
  /** The S256 code challenge, from servers that send one. */
  codeChallenge?: string;
}

/** What shows that who comes back is who began. */
export interface OAuthProof {
  /** The state, as it was posted. */
  state: unknown;
  /** The code verifier, as it was posted. */
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

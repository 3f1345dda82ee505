import { assertEquals } from "@std/assert";
import { authorize, type OAuthContext } from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { test } from "../support/test.ts";

const REDIRECT_URI = "https://app.test/callback";

/** Starts a sign-in and lets the user approve it. */
async function approved(server: FakeImmich) {
  const { baseUrl, fetch } = server;
  const { url, context } = await authorize(REDIRECT_URI, { baseUrl, fetch });
  const response = await fetch(url, { redirect: "manual" });
  return { url: response.headers.get("location")!, context };
}

/** Posts a callback. Returns the status. */
async function finish(
  { baseUrl, fetch }: FakeImmich,
  url: string,
  { state, codeVerifier }: Partial<OAuthContext>,
): Promise<number> {
  const response = await fetch(`${baseUrl}/api/oauth/callback`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ url, state, codeVerifier }),
  });
  await response.body?.cancel();
  return response.status;
}

test("a provider's code is accepted once, with its own state and verifier", async () => {
  const server = new FakeImmich();
  const { url, context } = await approved(server);
  assertEquals(await finish(server, url, context), 201);
  assertEquals(await finish(server, url, context), 500);
});

test("a provider rejects a callback whose state, code or verifier is wrong", async () => {
  const server = new FakeImmich();
  const change = (url: string, name: string, value: string | undefined) => {
    const changed = new URL(url);
    if (value === undefined) changed.searchParams.delete(name);
    else changed.searchParams.set(name, value);
    return changed.href;
  };
  for (
    const wrong of [
      (url: string) => change(url, "state", "other"),
      (url: string) => change(url, "code", "other"),
      (url: string) => change(url, "code", undefined),
      () => "not a URL",
    ]
  ) {
    const { url, context } = await approved(server);
    assertEquals(await finish(server, wrong(url), context), 500);
  }
  for (const wrong of [{ codeVerifier: "v".repeat(43) }, { state: "other" }]) {
    const { url, context } = await approved(server);
    assertEquals(await finish(server, url, { ...context, ...wrong }), 500);
  }
});

test("a server requires the state and the verifier with a callback", async () => {
  const server = new FakeImmich();
  const { url, context: { state } } = await approved(server);
  assertEquals(await finish(server, url, {}), 400);
  assertEquals(await finish(server, url, { state }), 400);
  assertEquals(await finish(server, "", { state }), 400);
});

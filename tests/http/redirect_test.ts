import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { isRedirect, redirectError } from "../../src/http/redirect.ts";
import { test } from "../support/test.ts";

const STATUSES = [301, 302, 303, 307, 308];

/**
 * Creates a redirect response that has a URL, like a response from a real
 * server.
 */
function redirect(
  status: number,
  location?: string,
  base = "https://photos.example.com",
): Response {
  const headers = location === undefined ? {} : { location };
  const response = new Response(null, { status, headers });
  const url = { value: `${base}/api/server/version` };
  return Object.defineProperty(response, "url", url);
}

function messageOf(response: Response, secrets: string[] = []): string {
  assert(isRedirect(response));
  const error = redirectError(response, "do it", secrets);
  assert(!error.retryable);
  return error.message;
}

test("only statuses that fetch would follow count as redirects", () => {
  for (const status of STATUSES) assert(isRedirect(redirect(status)));
  for (const status of [200, 300, 304, 305, 401]) {
    assert(!isRedirect(redirect(status, "/x")));
  }
});

test("a redirect error names the target's origin and nothing else", () => {
  for (const status of STATUSES) {
    const location = "https://other.example/login/secret?token=secret#secret";
    const message = messageOf(redirect(status, location));
    assertStringIncludes(message, '"https://other.example"');
    assert(!message.includes("secret"));
  }
  const secret = "T0kenABCDEFGHIJKLMNOP";
  const leaky = redirect(302, `https://${secret}.other.example/`);
  const message = messageOf(leaky, [secret]);
  assertStringIncludes(message, "[redacted]");
  assert(!message.includes(secret.toLowerCase()));
});

test("the error for a redirect to a moved server says to use the new address", () => {
  const plain = "http://photos.lan:2283";
  const cases: [
    status: number,
    location: string,
    origin: string,
    base?: string,
  ][] = [
    [301, "https://new.example.com/api", "https://new.example.com"],
    [308, "https://new.example.com:8443/", "https://new.example.com:8443"],
    [302, "https://photos.lan/api", "https://photos.lan", plain],
    [307, "https://photos.lan:22/", "https://photos.lan:22", plain],
  ];
  for (const [status, location, origin, base] of cases) {
    assertEquals(
      messageOf(redirect(status, location, base)),
      `Cannot do it: the server answered ${status} with a redirect to "${origin}"; redirects are not followed, so use the final address as the base URL`,
    );
  }
});

test("the error for a redirect to a login page suggests a proxy, not a new base URL", () => {
  const cases: [status: number, location: string | undefined, place: string][] =
    [
      [302, "/outpost/start?rd=%2Fapi", "another path"],
      [301, "https://photos.example.com/login", "another path"],
      [302, "https://team.example/login?kid=1", '"https://team.example"'],
      [303, "//auth.example.com/", '"https://auth.example.com"'],
      [302, "//photos.example.com:91/", '"https://photos.example.com:91"'],
      [307, "https://[", "another address"],
      [302, undefined, "another address"],
    ];
  for (const [status, location, place] of cases) {
    assertEquals(
      messageOf(redirect(status, location)),
      `Cannot do it: the server answered ${status} with a redirect to ${place}; redirects are not followed; this looks like the login page of a proxy or a wrong address`,
    );
  }
});

test("a redirect hidden by a browser is still reported as a redirect", () => {
  const hidden = Object.defineProperties(new Response(null), {
    type: { value: "opaqueredirect" },
    status: { value: 0 },
  });
  assertEquals(
    messageOf(hidden),
    "Cannot do it: the server answered with a redirect to another address; redirects are not followed; this looks like the login page of a proxy or a wrong address",
  );
  assertEquals(redirectError(hidden, "do it", []).status, 0);
});

test("a redirect that fetch followed despite its options causes an error", () => {
  const followed = Object.defineProperties(new Response("{}"), {
    redirected: { value: true },
    url: { value: "https://other.example/login?token=secret" },
  });
  assertEquals(
    messageOf(followed),
    'Cannot do it: the server answered with a redirect to "https://other.example"; redirects are not followed; this looks like the login page of a proxy or a wrong address',
  );
  assertEquals(redirectError(followed, "do it", []).status, 0);
});
